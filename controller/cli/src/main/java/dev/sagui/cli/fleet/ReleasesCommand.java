/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "releases",
    mixinStandardHelpOptions = true,
    description = "Signed releases, newest first.",
    footer = {"", "Example:", "  sagui fleet releases"})
final class ReleasesCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Override
  public Integer call() {
    options.printRows(
        List.of(
            "RELEASE",
            "MODEL",
            "VARIANT",
            "SEQUENCE",
            "FLASH BYTES",
            "PROFILES",
            "DIFFERENCES",
            "CREATED"),
        options.client().items("/api/v1/releases?limit=500"),
        ReleasesCommand::row);
    return 0;
  }

  private static List<String> row(Fields release) {
    return List.of(
        release.string("id"),
        release.string("model"),
        release.string("variant"),
        Long.toString(release.integer("sequence")),
        Long.toString(release.integer("flash_bytes")),
        String.join(",", release.strings("profiles")),
        differences(release),
        release.string("created"));
  }

  private static String differences(Fields release) {
    Fields set = release.object("differences");
    return set.string("state").equals("making")
        ? "%.0f %%".formatted(100 * set.number("progress"))
        : Integer.toString(set.objects("found", each -> each).size());
  }
}
