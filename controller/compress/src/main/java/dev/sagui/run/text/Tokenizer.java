/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import java.util.Arrays;

/** Turns a line of text into a model's token ids. */
public interface Tokenizer {
  /**
   * The line's ids with what the model wants around them, in at most {@code maxTokens}; what is
   * longer is cut, the end mark kept.
   */
  long[] encode(String line, int maxTokens);

  /** The id that fills up a sequence of fixed length. */
  long padding();

  /** The text of these ids; the ids themselves where a tokenizer cannot tell. */
  default String decode(long[] ids) {
    return Arrays.toString(ids);
  }

  /** Tokens that the model was made for at most. */
  int maxTokens();
}
