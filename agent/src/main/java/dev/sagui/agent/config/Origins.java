/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.artifact.BlobPlace;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The web servers that a desired state may send this device to, by scheme, host and port. A {@code
 * *} in front of a host is any name or its beginning, elsewhere it is a number.
 */
public record Origins(List<Pattern> allowed) {
  /** None: what a desired state names is not asked. */
  public static final Origins NONE = new Origins(List.of());

  private static final String HOST = "(?:[\\w*-][\\w.*-]*|\\[[0-9a-fA-F:.]+])";
  private static final Pattern FORM = Pattern.compile("https?://" + HOST + "(:(\\d{1,5}|\\*))?");
  private static final Pattern NO_PORT = Pattern.compile("https?://" + HOST);

  public Origins {
    allowed = List.copyOf(allowed);
  }

  /**
   * Reads {@code https://*.example.com,http://192.168.1.*:8100}.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static Origins parse(String text) {
    return new Origins(Arrays.stream(text.split(",")).map(one -> pattern(one.strip())).toList());
  }

  private static Pattern pattern(String origin) {
    String one = origin.toLowerCase(Locale.ROOT);
    if (!FORM.matcher(one).matches()) {
      throw new IllegalArgumentException(
          "must be like https://*.example.com,http://192.168.1.*:8100, found '" + origin + "'");
    }
    String port = one.startsWith("https:") ? ":443" : ":80";
    String whole = NO_PORT.matcher(one).matches() ? one + port : one;
    String[] parts = whole.replaceFirst("://\\*", "://\0").split("(?=[\0*])|(?<=[\0*])");
    return Pattern.compile(Arrays.stream(parts).map(Origins::part).collect(Collectors.joining()));
  }

  private static String part(String text) {
    return switch (text) {
      case "\0" -> "[\\w.-]+";
      case "*" -> "\\d{1,5}";
      default -> Pattern.quote(text);
    };
  }

  public boolean allows(BlobPlace address) {
    return allowed.stream().anyMatch(one -> one.matcher(address.server()).matches());
  }
}
