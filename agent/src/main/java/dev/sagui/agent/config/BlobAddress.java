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
    if (URI.create(sample).getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "must have no user and password, which would not be sent; set sagui.fetch.token");
    }
    token.ifPresent(BlobAddress::checkToken);
  }

  private static void checkToken(String token) {
    if (!token.matches("[\\x21-\\x7e]+")) {
      throw new IllegalArgumentException(
          "sagui.fetch.token must be visible ASCII characters without spaces");
    }
  }

  /** Scheme, host and port; the rest may hold a signature, which is not for logs. */
  public String server() {
    return template.replaceFirst("(https?://[^/]+).*", "$1");
  }

  public URI of(Digest artifact) {
    return URI.create(template.replace(DIGEST, artifact.hex()));
  }
}
