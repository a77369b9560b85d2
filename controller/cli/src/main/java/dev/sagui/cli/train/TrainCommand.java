/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import dev.sagui.recipe.training.TrainingVerb;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sagui train}: a net learns from random weights. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "A net learns from random weights, by a recipe:",
      "  net: {vae: {latent: 32}}      or dcgan, char-lstm, gpt",
      "  data: idx:FILE[.gz]           or images:DIR, text:FILE",
      "  epochs: 6                     or steps: N, minutes: N",
      "The run's folder holds model.onnx, curves.csv, curves.png, samples and a checkpoint."
    },
    footer = {
      "",
      "Example:",
      "  sagui train deploy/recipes/fashion-vae.yaml --out runs/vae",
      "  sagui train deploy/recipes/fashion-vae.yaml --out runs/vae --resume"
    })
public final class TrainCommand implements Callable<Integer> {
  @Mixin private final RunCommand run = new RunCommand();

  @Override
  public Integer call() throws IOException {
    return run.call(TrainingVerb.TRAIN);
  }
}
