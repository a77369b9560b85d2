/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.Exit;
import dev.sagui.json.Fields;
import java.io.IOException;
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
            + " of it. Data is seeded, or of 'sagui fleet data'.",
    footer = {
      "",
      "Example:",
      "  sagui fleet compress fashion-vae-decoder --recipe small.yaml --profile raspberry-pi-5"
    })
final class FleetCompressCommand implements Callable<Integer> {
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
    SentRecipe sent = new SentRecipe(recipe);
    String path =
        "/api/v1/models/%s/compressions?variant=%s%s"
            .formatted(
                ControllerClient.encoded(model),
                ControllerClient.encoded(sent.name(variant, "--variant")),
                profile == null ? "" : "&profile=" + ControllerClient.encoded(profile));
    Fields run = sent.done(options, path, "/api/v1/compressions/");
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
