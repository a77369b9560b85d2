/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.keys.Keys;
import dev.sagui.run.DataSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a language model goes through, as recipes write it.
 *
 * @param window tokens at once; empty for as many as the base takes
 * @param known a text of the kind that the base comes from, to see what is forgotten
 */
public record TextKeys(OptionalInt window, Optional<DataSpec> known) {
  private static final String WINDOW = "window";
  private static final String KNOWN = "known";
  private static final int MOST = 8192;

  static final List<String> NAMES = List.of(WINDOW, KNOWN);

  static TextKeys parse(Keys keys) {
    return new TextKeys(
        keys.has(WINDOW) ? OptionalInt.of(keys.whole(WINDOW, 2, 2, MOST)) : OptionalInt.empty(),
        keys.text(KNOWN).map(DataSpec::parse));
  }

  boolean isEmpty() {
    return window.isEmpty() && known.isEmpty();
  }

  void write(Map<String, Object> json) {
    window.ifPresent(tokens -> json.put(WINDOW, tokens));
    known.ifPresent(data -> json.put(KNOWN, data.toString()));
  }
}
