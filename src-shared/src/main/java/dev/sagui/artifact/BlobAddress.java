/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where artifacts lie on an HTTP server, by digest. What it admits is less than RFC 3986 does, so
 * that whoever parses it finds the same host in it.
 *
 * @param template with {@code {digest}} where that stands, behind the host
 */
public record BlobAddress(String template) {
  private static final String DIGEST = "{digest}";
  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>https?)://(?<host>[\\w.-]+|\\[[0-9a-fA-F:.]+])(?::(?<port>\\d{1,5}))?"
              + "/[\\w.~:/?@!$&'()*+,;=%-]*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  public BlobAddress {
    if (template.matches("https?://[^/?#]*@.*")) {
      throw new IllegalArgumentException(
          "an address must have no user and password, which would not be sent");
    }
    Matcher parts = matcher(template);
    boolean isForm = template.contains(DIGEST) && parts.matches() && port(parts) <= 65_535;
    if (!isForm || BAD_ESCAPE.matcher(template).find()) {
      throw new IllegalArgumentException(
          "must be like http://host:8080/api/v1/blobs/{digest}, found '" + template + "'");
    }
  }

  /** A host with the digest in it keeps its braces, and does not match. */
  private static Matcher matcher(String template) {
    int path = template.indexOf('/', "https://".length());
    return path < 0
        ? FORM.matcher("")
        : FORM.matcher(template.substring(0, path) + template.substring(path).replace(DIGEST, "0"));
  }

  /** Scheme, host and port, as every address of this server has them. */
  public String server() {
    Matcher parts = matcher(template);
    if (!parts.matches()) {
      throw new IllegalStateException("an address was checked and is none; this is a bug");
    }
    return "%s://%s:%d"
        .formatted(parts.group("scheme"), parts.group("host"), port(parts))
        .toLowerCase(Locale.ROOT);
  }

  private static int port(Matcher parts) {
    String port = parts.group("port");
    if (port != null) {
      return Integer.parseInt(port);
    }
    return parts.group("scheme").equalsIgnoreCase("https") ? 443 : 80;
  }

  /** The address of an artifact; may hold a signature, which is not for logs. */
  public String of(Digest artifact) {
    return template.replace(DIGEST, artifact.hex());
  }
}
