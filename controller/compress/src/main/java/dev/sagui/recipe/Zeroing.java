/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.keys.Keys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How weights become zero while the others learn: {@code 0.9}, or an object.
 *
 * @param share of each matrix and kernel
 * @param dropout share of the small ones that is left out of a step by chance; 1 for all of them
 * @param rewind share of the steps after which the weights were as the ones that stay begin again;
 *     0 for no second time
 */
record Zeroing(double share, double dropout, double rewind) {
  /** The key of a recipe. */
  static final String KEY = "sparsify";

  private static final String SHARE = "share";
  private static final String DROPOUT = "dropout";
  private static final String REWIND = "rewind";
  private static final double MOST = 0.99;

  /** What stands under {@link #KEY}; none for a share of 0. */
  static Optional<Zeroing> parse(Keys keys) {
    boolean written = keys.find(KEY).filter(Map.class::isInstance).isPresent();
    Keys own = written ? keys.at(KEY).only(List.of(SHARE, DROPOUT, REWIND)) : keys;
    double share = own.number(written ? SHARE : KEY, 0, 0, MOST);
    Zeroing zeroing =
        new Zeroing(share, own.number(DROPOUT, 1, 0.01, 1), own.number(REWIND, 0, 0, MOST));
    if (zeroing.dropout < 1 && zeroing.rewind > 0) {
      throw RecipeFile.bad(
          "'%s' chooses what becomes zero after a first training, '%s' while it goes on: leave out one of them"
              .formatted(REWIND, DROPOUT));
    }
    return share > 0 ? Optional.of(zeroing) : Optional.empty();
  }

  Object json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(SHARE, share);
    if (dropout < 1) {
      json.put(DROPOUT, dropout);
    }
    if (rewind > 0) {
      json.put(REWIND, rewind);
    }
    return json.size() == 1 ? (Object) share : json;
  }
}
