/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into words as BERT's BasicTokenizer does: control characters dropped, Chinese
 * characters and punctuation on their own, lower case and no accents where the model wants it.
 *
 * @param lowercase whether to fold to lower case
 * @param stripAccents whether to drop combining marks
 * @param chinese whether Chinese characters stand alone
 */
record BertWords(boolean lowercase, boolean stripAccents, boolean chinese) {
  List<String> of(String line) {
    String text = stripAccents ? withoutAccents(line) : line;
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isSpace(c)) {
                flush(word, words);
              } else if (standsAlone(c)) {
                flush(word, words);
                words.add(Character.toString(c));
              } else if (!isDropped(c)) {
                word.appendCodePoint(lowercase ? Character.toLowerCase(c) : c);
              }
            });
    flush(word, words);
    return words;
  }

  private static String withoutAccents(String line) {
    StringBuilder kept = new StringBuilder();
    Normalizer.normalize(line, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }

  private static void flush(StringBuilder word, List<String> words) {
    if (word.length() > 0) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
  }

  private static boolean isDropped(int c) {
    int type = Character.getType(c);
    return c == 0
        || c == 0xFFFD
        || type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || type == Character.UNASSIGNED;
  }

  private boolean standsAlone(int c) {
    return isPunctuation(c) || (chinese && isChinese(c));
  }

  /** ASCII's symbols count as punctuation, as in BERT. */
  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > 32 && c < 127 && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** The CJK Unified Ideographs blocks, as BERT lists them. */
  private static boolean isChinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B81F)
        || (c >= 0x2B820 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
