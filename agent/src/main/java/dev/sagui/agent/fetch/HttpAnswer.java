/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether an HTTP answer is the range that was asked for (RFC 9110, sections 10, 13 and 14).
 *
 * @param first inclusive, as {@code last}
 * @param tag strong entity tag, if it has one
 */
record HttpAnswer(long first, long last, Optional<String> tag) {
  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofHours(1);

  /** The answer is none, and the same question will have none: the source is left for good. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message);
    }
  }

  /** The server asks for time. */
  static final class Later extends Exception {
    private static final long serialVersionUID = 1;
    final transient Duration wait;

    Later(Duration wait) {
      super("the server asks to come back in " + wait.toSeconds() + " s");
      this.wait = wait;
    }
  }

  /**
   * Reads status and header fields.
   *
   * @throws IOException it may be another answer next time
   */
  static HttpAnswer of(HttpURLConnection call, long first, long last, Instant now)
      throws IOException, Refusal, Later {
    int status = call.getResponseCode();
    if (status == 429 || status == 503) {
      throw new Later(wait(Optional.ofNullable(call.getHeaderField("Retry-After")), now));
    }
    if (status >= 500) {
      throw new IOException("the server answers " + status);
    }
    if (status != HttpURLConnection.HTTP_PARTIAL) {
      throw new Refusal("expected 206 for a range, found " + status);
    }
    String encoding = call.getHeaderField("Content-Encoding");
    if (encoding != null && !encoding.equals("identity")) {
      throw new Refusal("expected bytes as they are, found Content-Encoding " + encoding);
    }
    return range(String.valueOf(call.getHeaderField("Content-Range")), first, last, tag(call));
  }

  private static HttpAnswer range(String text, long first, long last, Optional<String> tag)
      throws Refusal {
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      long from = Long.parseLong(range.group(1));
      long to = Long.parseLong(range.group(2));
      boolean end = to < last && range.group(3).equals(Long.toString(to + 1));
      if (from == first && (to == last || end) && to >= from) {
        return new HttpAnswer(from, to, tag);
      }
    }
    throw new Refusal(
        "expected Content-Range of bytes %d-%d, found %s".formatted(first, last, text));
  }

  private static Optional<String> tag(HttpURLConnection call) {
    return Optional.ofNullable(call.getHeaderField("ETag")).filter(tag -> tag.startsWith("\""));
  }

  /** Seconds or a date (RFC 9110, 10.2.3). */
  static Duration wait(Optional<String> header, Instant now) {
    String text = header.orElse("");
    Duration asked = PATIENCE;
    if (text.matches("\\d{1,9}")) {
      asked = Duration.ofSeconds(Long.parseLong(text));
    } else if (!text.isEmpty()) {
      asked = until(text, now);
    }
    Duration bounded = asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    return bounded.isNegative() ? Duration.ZERO : bounded;
  }

  private static Duration until(String date, Instant now) {
    try {
      return Duration.between(
          now, ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return PATIENCE;
    }
  }
}
