/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "accept-key",
    mixinStandardHelpOptions = true,
    description = "Trusts the other key that a device shows, as after it was set up anew.",
    footer = {"", "Example:", "  sagui fleet accept-key kitchen 3f9a…"})
final class AcceptKeyCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "DEVICE", description = "A device's id.")
  private String device = "";

  @Parameters(
      paramLabel = "KEY",
      description = "The key's id, as the device and the event show it.")
  private String key = "";

  @Override
  public Integer call() {
    Fields accepted =
        options
            .client()
            .post(
                "/api/v1/devices/%s/key".formatted(ControllerClient.encoded(device)),
                Map.of("accept", key));
    options.printResult(
        accepted, "the key of '%s' is trusted; it is asked to attest anew".formatted(device));
    return 0;
  }
}
