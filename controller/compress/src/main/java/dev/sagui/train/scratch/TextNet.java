/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Feed;
import dev.sagui.train.net.Layers;
import java.util.List;

/** A net that says which token comes next; one spec makes it twice, to learn and to be used. */
interface TextNet {
  /** Input [batch, length] of tokens. */
  String IDS = "ids";

  /** Output [batch, length, vocabulary]. */
  String LOGITS = "logits";

  /** Tokens that there are, each a byte. */
  long VOCABULARY = 256;

  /** `ids` to `logits` as devices use it, with free batch and length. */
  OnnxModel model();

  /** The same for windows of the length that is learned. */
  Layers learning();

  /** Tokens of a window. */
  int length();

  /** Inputs beside the tokens that stay zero in training. */
  List<Feed> zeros(int batch);

  /** What the score is called, of "bits_per_character" and "perplexity". */
  String score();
}
