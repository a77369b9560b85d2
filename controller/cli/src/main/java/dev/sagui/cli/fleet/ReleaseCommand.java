/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Signs a variant as a release for device profiles.",
    footer = {
      "",
      "Example:",
      "  sagui fleet release fashion-vae-decoder int8-s8s8 --profile raspberry-pi-zero-2-w"
    })
final class ReleaseCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model's name.")
  private String model = "";

  @Parameters(index = "1", paramLabel = "VARIANT", description = "One of its variants.")
  private String variant = "";

  @Option(names = "--profile", required = true, description = "A device profile; may repeat.")
  private List<String> profiles = List.of();

  @Override
  public Integer call() {
    Fields release =
        options
            .client()
            .post(
                "/api/v1/releases",
                Map.of("model", model, "variant", variant, "profiles", profiles));
    options.printResult(
        release,
        "release %d of %s: %s"
            .formatted(release.integer("sequence"), release.string("model"), release.string("id")));
    return 0;
  }
}
