/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import dev.sagui.json.Fields;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Piper voice's phoneme ids: a line is IPA as {@code espeak-ng -q --ipa} writes it, taken apart
 * into code points (NFD); ids are {@code ^ _} , each phoneme followed by {@code _}, and {@code $}.
 * Phonemes that the voice does not know are left out, as Piper itself does.
 */
final class Phonemes implements Tokenizer {
  private static final String PAD = "_";
  private static final String START = "^";
  private static final String END = "$";

  private final Map<String, long[]> ids = new HashMap<>();

  /**
   * @param map the voice's {@code phoneme_id_map}
   */
  Phonemes(Fields map) {
    map.keys().forEach(phoneme -> ids.put(phoneme, map.integers(phoneme)));
  }

  @Override
  public long[] encode(String line, int maxTokens) {
    List<Long> sequence = new ArrayList<>();
    append(sequence, START);
    append(sequence, PAD);
    int room = maxTokens - of(END).length;
    Normalizer.normalize(line.strip(), Normalizer.Form.NFD)
        .codePoints()
        .mapToObj(Character::toString)
        .filter(ids::containsKey)
        .takeWhile(p -> sequence.size() + of(p).length + of(PAD).length <= room)
        .forEach(
            phoneme -> {
              append(sequence, phoneme);
              append(sequence, PAD);
            });
    append(sequence, END);
    return sequence.stream().mapToLong(Long::longValue).toArray();
  }

  private long[] of(String phoneme) {
    return ids.getOrDefault(phoneme, new long[0]);
  }

  private void append(List<Long> sequence, String phoneme) {
    for (long id : of(phoneme)) {
      sequence.add(id);
    }
  }

  @Override
  public long padding() {
    long[] pad = of(PAD);
    return pad.length == 0 ? 0 : pad[0];
  }

  @Override
  public int maxTokens() {
    return 1024;
  }
}
