/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.artifact.Digest;
import java.net.URI;
import java.util.Optional;

/**
 * Where artifacts lie on an HTTP server, by digest.
 *
 * @param template with {@code {digest}} where that stands
 * @param token sent as a bearer token, and to no other server
 */
public record BlobAddress(String template, Optional<String> token) {
  private static final String DIGEST = "{digest}";

  public BlobAddress {
    String sample = template.replace(DIGEST, "0");
    if (!template.contains(DIGEST) || !sample.matches("https?://[^/\\s?#]+/\\S*")) {
      throw new IllegalArgumentException(
          "must be like http://host:8080/api/v1/blobs/{digest}, found '" + template + "'");
    }
    URI.create(sample);
  }

  public URI of(Digest artifact) {
    return URI.create(template.replace(DIGEST, artifact.hex()));
  }
}
