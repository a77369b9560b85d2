/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.JudgedTraining;
import dev.sagui.train.Score;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A language model by its parameters, judged by how well it foretells a held-out text. */
record TextLevels(PreparedText text, HeldOut heldOut) implements JudgedTraining.Result {
  static final String BITS = "bits_per_character";
  static final String PERPLEXITY = "perplexity";

  @Override
  public Score score(ByteBuffer parameters) {
    String name = text.net().score();
    return new Score(name, figures(parameters).getOrDefault(name, Double.NaN), false);
  }

  /** Of the held-out windows, each of which the model enters without a past. */
  @Override
  public Map<String, Double> figures(ByteBuffer parameters) {
    double nats = heldOut.of(parameters).getOrDefault("loss", Double.NaN);
    double bits = nats / Math.log(2);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("bits_per_byte", bits);
    figures.put(BITS, bits * text.heldOut().perCharacter());
    figures.put(PERPLEXITY, Math.exp(nats));
    return figures;
  }

  @Override
  public Map<String, OnnxModel> models(ByteBuffer parameters) {
    return Map.of("model", text.parameters().write(text.net().model(), parameters));
  }

  @Override
  public void close() {
    heldOut.close();
  }
}
