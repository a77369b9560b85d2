/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.SpeedProbe;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.KnownBoards;
import dev.sagui.recipe.Quantity;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sagui profile}: what this machine, or a known board, can carry. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = "This machine's profile, or a known board's.",
    footer = {
      "",
      "Example:",
      "  sagui profile --show raspberry-pi-5",
      "  sagui profile --probe --json > my-board.json"
    })
public final class ProfileCommand implements Callable<Integer> {
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(names = "--show", paramLabel = "NAME", description = "A known board, or a profile file.")
  private Optional<String> show = Optional.empty();

  @Option(
      names = "--probe",
      description = "Measure this machine's speeds, in a few seconds; leave it alone meanwhile.")
  private boolean probe;

  @Override
  public Integer call() throws IOException {
    DeviceProfile profile = profile();
    if (output.json()) {
      output.document(Profiles.json(profile));
      return Exit.DONE;
    }
    output.line("name          %s (%s)", profile.name(), profile.board());
    output.line("architecture  %s %s", profile.architecture(), profile.isaFlags());
    output.line("cores         %d, %d threads for a model", profile.cores(), profile.threads());
    profile
        .conditions()
        .json()
        .forEach((what, value) -> output.line("conditions    %s %s", what, value));
    output.line("memory        %s", Quantity.size(profile.ramBytes()));
    output.line("budget        flash %s", Quantity.size(profile.budget().flashBytes()));
    output.line("              memory %s", Quantity.size(profile.budget().ramBytes()));
    if (Double.isFinite(profile.budget().p95Millis())) {
      output.line("              p95 %s ms", profile.budget().p95Millis());
    }
    profile
        .speeds()
        .ifPresent(
            speeds ->
                output.line(
                    "speeds        %.3g GFLOPS float32, %.3g GOPS int8, %.3g GB/s",
                    speeds.fp32Gflops(), speeds.int8Gops(), speeds.memoryGbs()));
    if (show.isEmpty()) {
      List<String> boards = KnownBoards.all().stream().map(p -> p.name().value()).toList();
      output.line("known boards  %s", String.join(", ", boards));
    }
    return Exit.DONE;
  }

  private DeviceProfile profile() throws IOException {
    if (show.isEmpty()) {
      return probe ? SpeedProbe.profile() : HostMachine.profile();
    }
    if (probe) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected --probe without --show: it measures this machine");
    }
    return Profiles.get(show.get());
  }
}
