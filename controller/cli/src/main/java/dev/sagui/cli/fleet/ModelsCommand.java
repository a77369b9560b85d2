/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Models that the controller has, with their variants.",
    footer = {"", "Example:", "  sagui fleet models --json"})
final class ModelsCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Override
  public Integer call() {
    ControllerClient client = options.client();
    List<Fields> models =
        client.items("/api/v1/models?limit=500").stream()
            .map(model -> client.get("/api/v1/models/" + model.string("name")))
            .toList();
    options.printRows(
        List.of("MODEL", "BYTES", "OPSET", "PARAMETERS", "VARIANTS"), models, ModelsCommand::row);
    return 0;
  }

  private static List<String> row(Fields model) {
    return List.of(
        model.string("name"),
        Long.toString(model.integer("bytes")),
        Long.toString(model.integer("opset")),
        Long.toString(model.integer("parameters")),
        model.objects("variants", v -> v.string("name") + ":" + v.integer("bytes")).stream()
            .collect(Collectors.joining(" ")));
  }
}
