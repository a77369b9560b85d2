/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.Exit;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trainings on the controller, by the recipes of the verbs of the same names. */
final class FleetTraining {
  private static final String DATA =
      "Data is seeded or of 'sagui fleet data'; models are named as the controller names them.";

  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "RECIPE", description = "What to train and how; YAML or JSON.")
  private Path recipe = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Names the model. Default: the recipe's file name without its ending.")
  private @Nullable String name;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where curves, samples, the recipe with what was chosen and the like go.")
  private Optional<Path> out = Optional.empty();

  @Command(
      name = "train",
      mixinStandardHelpOptions = true,
      description = {"A net learns from random weights on the controller, by a recipe.", DATA},
      footer = {"", "Example:", "  sagui fleet train notes.yaml --out runs/notes"})
  static final class Train implements Callable<Integer> {
    @Mixin private FleetTraining training = new FleetTraining();

    @Override
    public Integer call() throws IOException, InterruptedException {
      return training.call("train");
    }
  }

  @Command(
      name = "distill",
      mixinStandardHelpOptions = true,
      description = {
        "A smaller student learns on the controller to give a teacher's outputs.",
        DATA
      },
      footer = {"", "Example:", "  sagui fleet distill vae-half.yaml"})
  static final class Distill implements Callable<Integer> {
    @Mixin private FleetTraining training = new FleetTraining();

    @Override
    public Integer call() throws IOException, InterruptedException {
      return training.call("distill");
    }
  }

  @Command(
      name = "transfer",
      mixinStandardHelpOptions = true,
      description = {"A trained model adapts to other data on the controller, by a recipe.", DATA},
      footer = {"", "Example:", "  sagui fleet transfer letters.yaml --name letters"})
  static final class Transfer implements Callable<Integer> {
    @Mixin private FleetTraining training = new FleetTraining();

    @Override
    public Integer call() throws IOException, InterruptedException {
      return training.call("transfer");
    }
  }

  private int call(String verb) throws IOException, InterruptedException {
    SentRecipe sent = new SentRecipe(recipe);
    String path =
        "/api/v1/trainings?verb=%s&name=%s"
            .formatted(verb, ControllerClient.encoded(sent.name(name, "--name")));
    Fields run = sent.done(options, path, "/api/v1/trainings/");
    if (out.isPresent()) {
      save(run.objects("files", file -> file), Files.createDirectories(out.get()));
    }
    Fields report = run.object("report");
    String score =
        report.has("best")
            ? ", %s %.4g"
                .formatted(
                    report.object("best").string("metric"), report.object("best").number("value"))
            : "";
    options.printResult(
        run,
        "made %s: %d steps%s"
            .formatted(
                String.join(" and ", run.strings("models")), report.integer("steps"), score));
    return Exit.DONE;
  }

  private void save(List<Fields> files, Path folder) {
    for (Fields file : files) {
      Path name = Path.of(file.string("name")).getFileName();
      options.client().download("/api/v1/blobs/" + file.string("digest"), folder.resolve(name));
    }
  }
}
