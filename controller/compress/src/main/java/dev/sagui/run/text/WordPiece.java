/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * BERT's tokenizer: words cut into the longest known pieces from the left, between [CLS] and [SEP]
 * ("Google's Neural Machine Translation System", section 4.1, as BERT's code has it).
 */
final class WordPiece implements Tokenizer {
  private static final String CONTINUED = "##";
  private static final int MAX_WORD = 100;

  private final Map<String, Integer> vocabulary;
  private final BertWords words;
  private final int maxTokens;
  private final long unknown;
  private final long start;
  private final long end;

  /**
   * @param from for messages
   */
  WordPiece(Map<String, Integer> vocabulary, BertWords words, int maxTokens, Object from) {
    this.vocabulary = vocabulary;
    this.words = words;
    this.maxTokens = maxTokens;
    this.unknown = special("[UNK]", from);
    this.start = special("[CLS]", from);
    this.end = special("[SEP]", from);
  }

  private long special(String token, Object from) {
    return Optional.ofNullable(vocabulary.get(token))
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "the vocabulary of %s lacks %s; is it BERT's? give ids as npz:FILE otherwise"
                        .formatted(from, token)));
  }

  @Override
  public long[] encode(String line, int max) {
    List<Long> ids = new ArrayList<>();
    ids.add(start);
    for (String word : words.of(line)) {
      append(ids, word);
    }
    while (ids.size() > Math.max(1, max - 1)) {
      ids.remove(ids.size() - 1);
    }
    ids.add(end);
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private void append(List<Long> ids, String word) {
    int before = ids.size();
    if (word.codePointCount(0, word.length()) > MAX_WORD) {
      ids.add(unknown);
      return;
    }
    int from = 0;
    while (from < word.length()) {
      int to = word.length();
      Integer piece = find(word, from, to);
      while (piece == null && to > from + 1) {
        to--;
        piece = find(word, from, to);
      }
      if (piece == null) {
        ids.subList(before, ids.size()).clear();
        ids.add(unknown);
        return;
      }
      ids.add((long) piece);
      from = to;
    }
  }

  private @org.jspecify.annotations.Nullable Integer find(String word, int from, int to) {
    return vocabulary.get((from == 0 ? "" : CONTINUED) + word.substring(from, to));
  }

  @Override
  public long padding() {
    return vocabulary.getOrDefault("[PAD]", 0);
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }
}
