/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description =
        "Prints what happens in the fleet until Ctrl-C; with --json one document an event.",
    footer = {"", "Example:", "  sagui fleet watch"})
final class WatchCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Override
  public Integer call() {
    options.client().stream("/api/v1/events/stream", this::print);
    return 0;
  }

  private void print(String data) {
    Fields event = Fields.parse(data.getBytes(StandardCharsets.UTF_8));
    if (options.output().json()) {
      options.output().document(event.values());
      return;
    }
    options
        .output()
        .line(
            "%s  %-24s %s",
            event.string("at"), event.findString("device").orElse("-"), event.string("message"));
  }
}
