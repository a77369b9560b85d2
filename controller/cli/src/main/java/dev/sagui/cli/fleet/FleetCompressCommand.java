/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cli.Exit;
import dev.sagui.cli.ProgressLine;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.keys.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    description =
        "Takes a model through a recipe on the controller, training included, and makes a variant"
            + " of it. Data must be seeded or values: the controller reads no files for it.",
    footer = {
      "",
      "Example:",
      "  sagui fleet compress fashion-vae-decoder --recipe small.yaml --profile raspberry-pi-5"
    })
final class FleetCompressCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 200;

  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "MODEL", description = "A model's name on the controller.")
  private String model = "";

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE",
      description = "A recipe in YAML or JSON, as of 'sagui compress --recipe'.")
  private Path recipe = Path.of("");

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Names the variant. Default: the recipe's file name without its ending.")
  private @Nullable String variant;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "The device profile whose instruction set it is for. Default: the controller's machine.")
  private @Nullable String profile;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ControllerClient client = options.client();
    String path =
        "/api/v1/models/%s/compressions?variant=%s%s"
            .formatted(
                ControllerClient.encoded(model),
                ControllerClient.encoded(name()),
                profile == null ? "" : "&profile=" + ControllerClient.encoded(profile));
    Fields run = client.post(path, Keys.parse(text(), "the recipe").map());
    options.output().remark("started " + run.string("id"));
    try (ProgressLine progress = options.output().progress()) {
      while (run.string("state").equals("running")) {
        Thread.sleep(POLL_MILLIS);
        run = client.get("/api/v1/compressions/" + run.string("id"));
        progress.at(run.string("doing"), run.number("progress"));
      }
    }
    return ended(run);
  }

  private String text() throws IOException {
    try {
      return Files.readString(recipe);
    } catch (NoSuchFileException e) {
      throw new RejectedException(
          FailureCode.NOT_FOUND, "cannot read '%s': no such file".formatted(recipe), e);
    }
  }

  private String name() {
    if (variant != null) {
      return variant;
    }
    String file = String.valueOf(recipe.getFileName());
    String plain = file.replaceFirst("\\.(ya?ml|json)$", "");
    try {
      return new ArtifactName(plain).value();
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "give --variant: the recipe's " + e.getMessage(), e);
    }
  }

  private int ended(Fields run) {
    if (run.string("state").equals("failed")) {
      Fields why = run.object("problem");
      throw new RejectedException(why.typed("code", FailureCode::valueOf), why.string("detail"));
    }
    List<Fields> steps = run.objects("steps", step -> step);
    options.printRows(
        List.of("STEP", "BYTES", "SECONDS", "REMARK"),
        steps,
        step ->
            List.of(
                step.string("name"),
                Long.toString(step.integer("bytes")),
                String.format(java.util.Locale.ROOT, "%.1f", step.number("seconds")),
                Optional.of(step.string("reason")).filter(why -> !why.isEmpty()).orElse("-")));
    options
        .output()
        .remark(
            "made variant %s; release it with 'sagui fleet release %s %s --profile NAME'"
                .formatted(run.string("variant"), model, run.string("variant")));
    return Exit.DONE;
  }
}
