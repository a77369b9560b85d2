/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.fleet.ControllerClient;
import dev.sagui.cli.fleet.ControllerFit;
import dev.sagui.cli.fleet.FleetPlan;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.onnx.FileDigests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A fit on a controller, whose devices measure. */
final class OnController {
  @Option(
      names = "--controller",
      paramLabel = "URL",
      required = true,
      description = "Search there, and let its idle devices measure.")
  private String url = "";

  @Option(
      names = "--all-devices",
      description = {
        "In place of --profile, the profiles of all devices that it knows;",
        "says what would travel to how many."
      })
  private boolean allDevices;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name on the controller; the file's without its ending.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "With devices that do not take a measurement; 60.")
  private double patience = 60;

  /** Whether the controller knows for whom. */
  boolean isForAllDevices() {
    return allDevices;
  }

  /** Imports the model if the controller has not got it, fits it, and fetches what was chosen. */
  int fit(Path file, Map<String, Object> wanted, Path out, OutputOptions output)
      throws IOException, InterruptedException {
    ControllerClient client = ControllerClient.named(url);
    Optional<FleetPlan> plan = allDevices ? Optional.of(FleetPlan.of(client)) : Optional.empty();
    String model = imported(client, file);
    Map<String, Object> all = new LinkedHashMap<>(wanted);
    plan.ifPresent(of -> all.put("profiles", of.profiles()));
    all.put("measure", true);
    all.put("patience_seconds", patience);
    ControllerFit fit = ControllerFit.run(client, model, all, output);
    fit.into(out);
    List<Fields> choices = plan.map(of -> of.planned(fit, client)).orElseGet(fit::choices);
    if (output.json()) {
      output.document(document(fit, choices));
    }
    for (Fields choice : choices) {
      String variant = choice.findString("variant").map(v -> out.resolve(v) + "").orElse("none");
      output.line("%s: %s", choice.string("profile"), variant);
      output.line("  %s", choice.string("reason"));
      output.line("  %s", choice.string("times"));
      plan.ifPresent(of -> output.line("  %s", FleetPlan.told(List.of(choice))));
    }
    plan.ifPresent(of -> output.line("all of them: %s", FleetPlan.told(choices)));
    output.line("written  %s", out.resolve("fit.html"));
    return fit.met() ? Exit.DONE : Exit.GATE_MISSED;
  }

  private static Map<String, Object> document(ControllerFit fit, List<Fields> choices) {
    Map<String, Object> map = new LinkedHashMap<>();
    fit.json().forEach((key, value) -> map.put(String.valueOf(key), value));
    map.put("choices", choices.stream().map(Fields::values).toList());
    return map;
  }

  private String imported(ControllerClient client, Path file) throws IOException {
    if (!Files.isRegularFile(file) || !file.toString().endsWith(".onnx")) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected an .onnx file to send to the controller, found '%s'; for a folder: sagui fleet"
                  .formatted(file)
              + " import of its .tar, then sagui fleet fit --measure");
    }
    String model = name.orElseGet(() -> nameOf(file));
    Optional<Fields> known =
        client.items("/api/v1/models?limit=500").stream()
            .filter(each -> each.string("name").equals(model))
            .findFirst();
    if (known.isEmpty()) {
      client.upload(
          "/api/v1/models?name=" + ControllerClient.encoded(model),
          file,
          "application/octet-stream");
    } else if (!known.get().string("digest").equals(FileDigests.of(file).hex())) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "the controller has another model of the name '%s'; give --name".formatted(model));
    }
    return model;
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName())
        .replaceFirst("\\.onnx$", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9-]+", "-");
  }
}
