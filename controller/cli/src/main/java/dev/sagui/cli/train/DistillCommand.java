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

/** {@code sagui distill}: a student learns to give a teacher's outputs. */
@Command(
    name = "distill",
    mixinStandardHelpOptions = true,
    description = {
      "A smaller student learns to give a teacher's outputs, by a recipe:",
      "  teacher: model.onnx",
      "  student: {width: 0.5}         or flops, latency, depth, block; or {file: small.onnx}",
      "  minutes: 10                   or steps: N",
      "The run's folder holds model.onnx, curves.csv, curves.png, samples and a checkpoint."
    },
    footer = {
      "",
      "Example:",
      "  sagui distill vae-half.yaml --out runs/vae-half",
      "  sagui distill vae-half.yaml --out runs/vae-half --resume"
    })
public final class DistillCommand implements Callable<Integer> {
  @Mixin private final RunCommand run = new RunCommand();

  @Override
  public Integer call() throws IOException {
    return run.call(TrainingVerb.DISTILL);
  }
}
