/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.ProgressLine;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.Attempt;
import dev.sagui.fit.Decision;
import dev.sagui.fit.Fitting;
import dev.sagui.fit.Limits;
import dev.sagui.fit.Preference;
import dev.sagui.fit.Search;
import dev.sagui.fit.Workbench;
import dev.sagui.isa.HostMachine;
import dev.sagui.recipe.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sagui fit}: many recipes, measured, and the choice for each device. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description = {
      "Tries many recipes on a model, measures each, and chooses one for each profile:",
      "DIR gets fit.json, fit.html and a folder for each variant worth keeping.",
      "Stopped by Ctrl-C or killed, it leaves what it made hidden beside DIR; the same command goes on.",
      "With --controller the search runs there, and idle devices of the profiles measure."
    },
    footer = {
      "",
      "Example:",
      "  sagui fit model.onnx --profile raspberry-pi-4 --profile raspberry-pi-5 \\",
      "      --budget flash=2MB,p95=20ms --floor psnr=35 --out fitted/",
      "  sagui fit model.onnx --controller http://127.0.0.1:8080 --profile raspberry-pi-5 --out fitted/",
      "  sagui fit model.onnx --controller http://127.0.0.1:8080 --all-devices --out fitted/"
    })
public final class FitCommand implements Callable<Integer> {
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final DataOption data = new DataOption();

  @Parameters(paramLabel = "MODEL", description = "An .onnx file, or a folder with one.")
  private Path model = Path.of("");

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to write.")
  private Path out = Path.of("");

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      description = "A device to fit to; may repeat. Without one, this machine.")
  private List<String> profiles = List.of(HostMachine.NAME);

  @Option(
      names = "--budget",
      paramLabel = "LIMITS",
      description = {
        "flash=2MB,ram=64MB,p95=20ms; the profile's own hold beside them.",
        "Of one profile alone: raspberry-pi-5:p95=5ms."
      })
  private Optional<String> budget = Optional.empty();

  @Option(
      names = "--floor",
      paramLabel = "LIMITS",
      description = {
        "psnr=35,ssim=0.95, any metric of compare; sqnr=30 without one.",
        "Of one profile alone: raspberry-pi-5:psnr=60."
      })
  private Optional<String> floor = Optional.empty();

  @Option(
      names = "--prefer",
      paramLabel = "speed|bytes|quality",
      description = "What counts among variants that keep every limit; speed.")
  private String prefer = "speed";

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "What would take longer is not begun; 10.")
  private double minutes = 10;

  @Option(
      names = "--distill",
      paramLabel = "MINUTES",
      description = "That each student may learn, within --minutes; without it none is made.")
  private double distill;

  @Option(names = "--seed", paramLabel = "N", description = "Of all that is random; 0.")
  private long seed;

  @Option(names = "--threads", paramLabel = "N", description = "While measuring; 1.")
  private int threads = 1;

  @ArgGroup(exclusive = false)
  private @Nullable OnController controller;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (threads < 1 || !(minutes > 0) || !(distill >= 0 && distill < minutes)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected --threads of 1 or more, --minutes above 0 and --distill below it, got %d, %s and %s"
              .formatted(threads, minutes, distill));
    }
    if (controller != null) {
      return controller.fit(model, wanted(controller.isForAllDevices()), out, output);
    }
    Search.Demand demand =
        new Search.Demand(
            devices(),
            Limits.parse(budget, floor),
            Preference.parse(prefer),
            new Workbench.Settings(seed, data.specs(), threads, duration(distill)),
            duration(minutes));
    Fitting fitting;
    try (UnfinishedFit unfinished = new UnfinishedFit(out, output);
        ProgressLine progress = output.progress()) {
      unfinished.tellWhatIsLeft();
      fitting = Search.run(model, demand, out, progress);
    }
    if (output.json()) {
      output.document(fitting.json());
    } else {
      print(fitting);
    }
    return fitting.met() ? Exit.DONE : Exit.GATE_MISSED;
  }

  private static Duration duration(double minutes) {
    return Duration.ofMillis((long) (60_000 * minutes));
  }

  /** As the controller's REST API takes it. */
  private Map<String, Object> wanted(boolean forAllDevices) {
    boolean named = !profiles.equals(List.of(HostMachine.NAME));
    if (named == forAllDevices
        || (named && profiles.contains(HostMachine.NAME))
        || seed != 0
        || threads != 1
        || !data.specs().isEmpty()) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected --profile of the controller's devices, or --all-devices, beside --controller,"
              + " and no --data, --seed and --threads");
    }
    Map<String, Object> wanted = new LinkedHashMap<>();
    if (named) {
      wanted.put("profiles", profiles);
    }
    budget.ifPresent(text -> wanted.put("budget", text));
    floor.ifPresent(text -> wanted.put("floor", text));
    wanted.put("prefer", prefer);
    wanted.put("minutes", minutes);
    wanted.put("distill_minutes", distill);
    return wanted;
  }

  private List<DeviceProfile> devices() throws IOException {
    List<DeviceProfile> devices = new ArrayList<>();
    for (String profile : profiles) {
      devices.add(Profiles.get(profile));
    }
    return devices;
  }

  private void print(Fitting fitting) {
    output.line("%-24s %9s %9s %7s  %s", "variant", "bytes", "on wire", "time", "quality");
    for (Attempt attempt : fitting.tried()) {
      output.line(
          "%-24s %9s %9s %7s  %s",
          attempt.name(),
          Quantity.size(attempt.bytes()),
          Quantity.size(attempt.bytesOnWire()),
          String.format(Locale.ROOT, "%.2f x", attempt.ratio()),
          QualityText.of(attempt.quality()));
    }
    fitting.dropped().forEach((name, why) -> output.remark(name + " was not made: " + why));
    fitting.decisions().forEach(this::print);
    output.line("");
    output.line("written  %s", out.resolve("fit.html"));
  }

  private void print(Decision decision) {
    output.line("");
    String profile = decision.wish().device().name().value();
    output.line(
        "%s: %s",
        profile,
        decision.chosen().map(a -> out.resolve(a.name().value()).toString()).orElse("none"));
    output.line("  %s", decision.reason());
    output.line("  %s", decision.times());
  }
}
