/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into pieces and writes their UTF-8 bytes as characters, as GPT-2's encoder does:
 * printable bytes stand for themselves, the others for the characters from 256 on.
 *
 * @param steps each cuts one piece into more
 * @param prefixSpace whether a piece without a leading space gets one
 */
record BytePieces(List<Function<String, List<String>>> steps, boolean prefixSpace) {
  private static final Pattern WORDS =
      pattern("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
  private static final char[] CHARACTERS = characters();

  /** GPT-2's own cut into words, numbers and the rest. */
  static Function<String, List<String>> words() {
    return text -> isolated(WORDS, text);
  }

  /** Every match alone, and what lies between. */
  static Function<String, List<String>> matches(String regex) {
    Pattern pattern = pattern(regex);
    return text -> isolated(pattern, text);
  }

  private static Pattern pattern(String regex) {
    return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
  }

  private static List<String> isolated(Pattern pattern, String text) {
    List<String> pieces = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int end = 0;
    while (matcher.find()) {
      if (matcher.start() > end) {
        pieces.add(text.substring(end, matcher.start()));
      }
      if (matcher.end() > matcher.start()) {
        pieces.add(matcher.group());
      }
      end = matcher.end();
    }
    if (end < text.length()) {
      pieces.add(text.substring(end));
    }
    return pieces;
  }

  /** The pieces of a line, each a character a byte. */
  List<String> of(String line) {
    List<String> pieces = List.of(line);
    for (int i = 0; i < steps.size(); i++) {
      Function<String, List<String>> step = steps.get(i);
      boolean last = i == steps.size() - 1;
      pieces =
          pieces.stream()
              .map(p -> last && prefixSpace && !p.startsWith(" ") ? " " + p : p)
              .flatMap(p -> step.apply(p).stream())
              .toList();
    }
    return pieces.stream().map(BytePieces::written).toList();
  }

  private static String written(String piece) {
    StringBuilder text = new StringBuilder();
    for (byte each : piece.getBytes(StandardCharsets.UTF_8)) {
      text.append(CHARACTERS[each & 0xFF]);
    }
    return text.toString();
  }

  /** The text that characters for bytes stand for; others stand for nothing. */
  static String read(String written) {
    String characters = String.valueOf(CHARACTERS);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    written.chars().map(characters::indexOf).filter(each -> each >= 0).forEach(bytes::write);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static char[] characters() {
    char[] characters = new char[256];
    char next = 256;
    for (int i = 0; i < 256; i++) {
      boolean printable = (i >= 33 && i <= 126) || (i >= 161 && i != 173);
      characters[i] = printable ? (char) i : next++;
    }
    return characters;
  }
}
