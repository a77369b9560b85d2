/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Byte-level byte pair encoding, as GPT-2 and its descendants use it: in each piece the pair that
 * was learned first is joined until none is left (Sennrich et al., arXiv:1508.07909).
 *
 * @param ranks of pairs, written with a space between
 * @param frame ids before and after a sequence
 */
record BytePairs(
    Map<String, Integer> vocabulary,
    Map<String, Integer> ranks,
    boolean wholeFirst,
    UnaryOperator<String> normalizer,
    BytePieces pieces,
    Frame frame,
    int maxTokens)
    implements Tokenizer {
  /** What a model wants around a sequence. */
  record Frame(List<Long> before, List<Long> after) {}

  @Override
  public long[] encode(String line, int max) {
    List<Long> ids = new ArrayList<>(frame.before());
    for (String piece : pieces.of(normalizer.apply(line))) {
      append(ids, piece);
    }
    int room = Math.max(1, max - frame.after().size());
    if (ids.size() > room) {
      ids.subList(room, ids.size()).clear();
    }
    ids.addAll(frame.after());
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private void append(List<Long> ids, String piece) {
    List<String> parts = new ArrayList<>();
    if (wholeFirst && vocabulary.containsKey(piece)) {
      parts.add(piece);
    } else {
      piece.chars().forEach(c -> parts.add(Character.toString(c)));
      join(parts);
    }
    for (String part : parts) {
      Integer id = vocabulary.get(part);
      if (id != null) {
        ids.add((long) id);
      }
    }
  }

  private void join(List<String> parts) {
    for (int best = best(parts); best >= 0; best = best(parts)) {
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
  }

  private int best(List<String> parts) {
    int best = -1;
    int lowest = Integer.MAX_VALUE;
    for (int i = 0; i + 1 < parts.size(); i++) {
      int rank = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
      if (rank < lowest) {
        lowest = rank;
        best = i;
      }
    }
    return best;
  }

  @Override
  public String decode(long[] ids) {
    Map<Long, String> tokens = new HashMap<>();
    vocabulary.forEach((token, id) -> tokens.put((long) id, token));
    StringBuilder written = new StringBuilder();
    for (long id : ids) {
      written.append(tokens.getOrDefault(id, ""));
    }
    return BytePieces.read(written.toString());
  }

  @Override
  public long padding() {
    return frame.after().isEmpty() ? 0 : frame.after().get(0);
  }
}
