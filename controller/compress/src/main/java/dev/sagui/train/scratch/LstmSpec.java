/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An LSTM that foretells the next byte of a text, token after token.
 *
 * @param length tokens of a window in training
 * @param embedding numbers that a token is looked up as
 * @param units of the LSTM
 */
public record LstmSpec(int length, int embedding, int units) implements NetSpec {
  static final String NAME = "char-lstm";
  private static final List<String> KEYS = List.of("length", "embedding", "units");

  static LstmSpec parse(Object written) {
    Keys keys = Keys.of(written, NAME).only(KEYS);
    return new LstmSpec(
        keys.whole("length", 64, 2, 8192),
        keys.whole("embedding", 32, 1, 8192),
        keys.whole("units", 192, 1, 8192));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("length", length);
    map.put("embedding", embedding);
    map.put("units", units);
    return map;
  }

  @Override
  public Prepared prepare(Setting setting) throws IOException {
    return PreparedText.of(new LstmNet(this, setting.seed()), setting);
  }
}
