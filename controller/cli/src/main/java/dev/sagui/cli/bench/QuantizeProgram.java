/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.HostMachine;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.RecipeFile;
import dev.sagui.recipe.Step;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A process of its own that takes a model through a recipe's steps, and measures nothing. */
final class QuantizeProgram {
  private QuantizeProgram() {}

  /**
   * @param args the model, the recipe's file, and the folder to write into
   */
  public static void main(String[] args) throws IOException {
    try {
      run(Path.of(args[0]), RecipeFile.parse(Files.readString(Path.of(args[1]))), Path.of(args[2]));
    } catch (RejectedException e) {
      System.err.println(e.getMessage());
      System.exit(dev.sagui.cli.Exit.BAD_INPUT);
    }
  }

  /**
   * Takes a model through steps in this process.
   *
   * @param data as a recipe has it
   * @param steps likewise, in YAML's flow style
   * @return the folder that holds what they made
   */
  static Path made(Workshop workshop, String name, Path model, String data, String steps) {
    Path out = workshop.folder(name);
    try {
      run(model, RecipeFile.parse("data: \"%s\"\nsteps: %s\n".formatted(data, steps)), out);
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException("making " + name + " failed: " + e.getMessage(), e);
    }
  }

  static void run(Path source, Recipe recipe, Path out) throws IOException {
    OnnxModel model = OnnxModel.open(source).runnable();
    Samples samples = Samples.of(model, recipe.data());
    try (Scratch scratch = Scratch.create()) {
      Step.Surroundings around =
          new Step.Surroundings(
              model,
              List.of(),
              Optional.of(samples),
              HostMachine.profile(),
              scratch,
              1,
              Progress.NONE);
      for (Step step : recipe.steps()) {
        model = step.apply(model, around).model();
      }
      ModelWriter.write(model, Files.createDirectories(out), Progress.NONE);
    }
  }
}
