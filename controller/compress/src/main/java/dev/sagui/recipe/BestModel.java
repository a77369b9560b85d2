/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.train.LoopListener;
import dev.sagui.train.Score;
import dev.sagui.train.Training;
import java.util.Locale;
import java.util.Map;

/** Keeps the best model of a training, and tells how far it is. */
final class BestModel implements LoopListener {
  private final String step;
  private final Progress progress;
  private OnnxModel model;
  private Score score;

  /**
   * @param model before the first step
   * @param step of the recipe
   */
  BestModel(OnnxModel model, Score score, String step, Progress progress) {
    this.model = model;
    this.score = score;
    this.step = step;
    this.progress = progress;
  }

  OnnxModel model() {
    return model;
  }

  Score score() {
    return score;
  }

  @Override
  public void stepped(Training training, Map<String, Double> terms) {
    String told =
        String.format(
            Locale.ROOT,
            "%s: loss %.4g, %s %.2f",
            step,
            terms.getOrDefault("loss", 0.0),
            score.metric(),
            score.value());
    progress.at(told, (double) training.done() / training.steps());
  }

  @Override
  public void scored(Training training, Score found, boolean best) {
    if (best) {
      model = training.net();
      score = found;
    }
  }

  @Override
  public void checkpoint(Training training) {}
}
