/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import dev.sagui.recipe.training.TrainingVerb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sagui transfer}: a trained model adapts to other data. */
@Command(
    name = "transfer",
    mixinStandardHelpOptions = true,
    description = {
      "A trained model adapts to other data, by a recipe:",
      "  base: model.onnx              of an autoencoder the decoder, with encoder: FILE",
      "  data: images:DIR              with labels: or targets: where it learns those;",
      "                                text:FILE alone for a language model",
      "  student: {flops: 0.5}         a simpler net first, as sagui distill makes it",
      "  method: full                  or head, partial, lora",
      "  steps: 400                    or epochs: N, minutes: N",
      "The run's folder holds model.onnx, curves.csv, curves.png, samples and a checkpoint;",
      "of method lora also adapter.safetensors, where the base is the model as it was given."
    },
    footer = {
      "",
      "Example:",
      "  sagui transfer digits.yaml --out runs/digits",
      "  sagui transfer digits.yaml --out runs/digits --resume",
      "  sagui transfer --merge adapter.safetensors base.onnx --out merged"
    })
public final class TransferCommand implements Callable<Integer> {
  @Mixin private final RunCommand run = new RunCommand();

  @Option(
      names = "--merge",
      paramLabel = "ADAPTER",
      description =
          "Train nothing: add an adapter.safetensors to its base, an .onnx given as RECIPE.")
  private Optional<Path> merge = Optional.empty();

  @Override
  public Integer call() throws IOException {
    return merge.isPresent() ? run.merge(merge.get()) : run.call(TrainingVerb.TRANSFER);
  }
}
