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
    name = "rollouts",
    mixinStandardHelpOptions = true,
    description =
        "What devices shall serve, by release and profile, newest release first, with how many of"
            + " them serve it (arrived), do not yet (pending) or refused it.",
    footer = {"", "Example:", "  sagui fleet rollouts"})
final class RolloutsCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Override
  public Integer call() {
    options.printRows(
        List.of(
            "RELEASE",
            "MODEL",
            "VARIANT",
            "SEQUENCE",
            "PROFILE",
            "DEVICES",
            "ARRIVED",
            "PENDING",
            "REFUSED"),
        options.client().items("/api/v1/rollouts?limit=500"),
        RolloutsCommand::row);
    return 0;
  }

  private static List<String> row(Fields rollout) {
    return List.of(
        rollout.string("release"),
        rollout.string("model"),
        rollout.string("variant"),
        Long.toString(rollout.integer("sequence")),
        rollout.string("profile"),
        Long.toString(rollout.integer("devices")),
        Long.toString(rollout.integer("arrived")),
        Long.toString(rollout.integer("pending")),
        Long.toString(rollout.integer("refused")));
  }
}
