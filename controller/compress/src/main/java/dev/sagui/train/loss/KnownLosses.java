/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.EvaluationOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The losses that recipes can name, each with its parameters. */
final class KnownLosses {
  private record Kind(List<String> parameters, Function<Parameters, Loss> loss) {}

  private static final Map<String, Kind> ALL = new LinkedHashMap<>();

  static {
    put("l1", ElementLosses::l1);
    put("l2", ElementLosses::l2);
    put("huber", p -> ElementLosses.huber(p.positive("delta", 1)), "delta");
    put("bce", p -> new BinaryCrossEntropy(p.flag("logits")), "logits");
    put(
        "cross-entropy",
        p -> new CrossEntropy(p.findWhole("axis"), p.share("smoothing", 0)),
        "axis",
        "smoothing");
    put(
        "kl",
        p -> new Divergence(p.findWhole("axis"), p.positive("temperature", 1)),
        "axis",
        "temperature");
    put("ssim", Similarity::ssimLoss);
    put("ms-ssim", Similarity::msSsimLoss);
    put("multi-scale", p -> PictureLosses.multiScale(p.count("scales", 4)), "scales");
    put("total-variation", PictureLosses::totalVariation);
    put(
        "perceptual",
        p -> new Perceptual(p.findWhole("seed").orElse(Perceptual.USUAL_SEED)),
        "seed");
    put("mr-stft", AudioLosses::multiResolution);
    put("log-mel", p -> AudioLosses.logMel(p.positive("rate", usualRate())), "rate");
  }

  private KnownLosses() {}

  private static double usualRate() {
    return EvaluationOptions.DEFAULT.sampleRate();
  }

  private static void put(String name, Loss loss) {
    put(name, p -> loss);
  }

  private static void put(String name, Function<Parameters, Loss> loss, String... parameters) {
    ALL.put(name, new Kind(List.of(parameters), loss));
  }

  static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for parameters that it has not
   */
  static Loss of(Parameters parameters) {
    Kind kind = Objects.requireNonNull(ALL.get(parameters.term()));
    parameters.require(kind.parameters());
    return kind.loss().apply(parameters);
  }
}
