/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where artifacts lie on an HTTP server, by digest. What it admits is less than RFC 3986 does, so
 * that whoever parses it finds the same host in it.
 *
 * @param template with {@code {digest}} where that stands, behind the host
 */
public record BlobAddress(String template) implements BlobPlace {
  private static final String DIGEST = "{digest}";
  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>https?)://(?<host>[\\w.-]+|\\[[0-9a-fA-F:.]+])(?::(?<port>\\d{1,5}))?"
              + "/[\\w.~:/?@!$&'()*+,;=%-]*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  public BlobAddress {
    server(template);
    if (!template.contains(DIGEST)) {
      throw wrong(template);
    }
  }

  /** Of one address. */
  static String server(String address) {
    if (address.matches("https?://[^/?#]*@.*")) {
      throw new IllegalArgumentException(
          "an address must have no user and password, which would not be sent");
    }
    Matcher parts = matcher(address);
    if (!parts.matches() || port(parts) > 65_535 || BAD_ESCAPE.matcher(address).find()) {
      throw wrong(address);
    }
    return "%s://%s:%d"
        .formatted(parts.group("scheme"), parts.group("host"), port(parts))
        .toLowerCase(Locale.ROOT);
  }

  private static IllegalArgumentException wrong(String address) {
    return new IllegalArgumentException(
        "must be like http://host:8080/api/v1/blobs/{digest}, found '" + address + "'");
  }

  /** A host with the digest in it keeps its braces, and does not match. */
  private static Matcher matcher(String template) {
    int path = template.indexOf('/', "https://".length());
    return path < 0
        ? FORM.matcher("")
        : FORM.matcher(template.substring(0, path) + template.substring(path).replace(DIGEST, "0"));
  }

  @Override
  public String server() {
    return server(template);
  }

  private static int port(Matcher parts) {
    String port = parts.group("port");
    if (port != null) {
      return Integer.parseInt(port);
    }
    return parts.group("scheme").equalsIgnoreCase("https") ? 443 : 80;
  }

  @Override
  public Optional<String> find(Digest artifact) {
    return Optional.of(template.replace(DIGEST, artifact.hex()));
  }
}
