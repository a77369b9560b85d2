/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "trust-benches",
    mixinStandardHelpOptions = true,
    description = "Asks a device to measure again that told impossible numbers.",
    footer = {"", "Example:", "  sagui fleet trust-benches kitchen"})
final class TrustBenchesCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "DEVICE", description = "A device's id.")
  private String device = "";

  @Override
  public Integer call() {
    String path = "/api/v1/devices/%s/bench-quarantine".formatted(ControllerClient.encoded(device));
    options.client().delete(path);
    options.printResult(
        Fields.parse(Json.write(Map.of("device", device))),
        "'%s' is asked to measure again when it is idle".formatted(device));
    return 0;
  }
}
