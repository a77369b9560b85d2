/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import dev.sagui.recipe.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description =
        "Tries recipes on a model on the controller, and chooses a variant for each profile.",
    footer = {
      "",
      "Examples:",
      "  sagui fleet fit fashion-vae-decoder --profile raspberry-pi-5",
      "  sagui fleet fit fashion-vae-decoder --profile raspberry-pi-5 --measure",
      "  sagui fleet fit fashion-vae-decoder --all-devices"
    })
final class FitCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "MODEL", description = "A model's name on the controller.")
  private String model = "";

  @ArgGroup(multiplicity = "1")
  private Devices devices = new Devices();

  /** For whom. */
  private static final class Devices {
    @Option(names = "--profile", required = true, description = "A device profile; may repeat.")
    private List<String> profiles = List.of();

    @Option(
        names = "--all-devices",
        required = true,
        description = "The profiles of all known devices; says what would travel to how many.")
    private boolean all;
  }

  @Option(
      names = "--budget",
      paramLabel = "LIMITS",
      description = "flash=2MB,ram=64MB,p95=20ms; of one profile alone: raspberry-pi-5:p95=5ms.")
  private Optional<String> budget = Optional.empty();

  @Option(
      names = "--floor",
      paramLabel = "LIMITS",
      description = {
        "psnr=35, any metric of compare; sqnr=30 without one.",
        "Of one profile alone: raspberry-pi-5:psnr=60."
      })
  private Optional<String> floor = Optional.empty();

  @Option(
      names = "--prefer",
      paramLabel = "speed|bytes|quality",
      description = "What counts among variants that keep every limit; speed.")
  private Optional<String> prefer = Optional.empty();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "What would take longer is not begun; 10.")
  private Optional<Double> minutes = Optional.empty();

  @Option(
      names = "--distill",
      paramLabel = "MINUTES",
      description = "That each student may learn, within --minutes; without it none is made.")
  private Optional<Double> distill = Optional.empty();

  @Option(
      names = "--measure",
      description = "Idle devices of the profiles that opted in measure what may be chosen.")
  private boolean measure;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "With devices that do not take a measurement; 60.")
  private Optional<Double> patience = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    ControllerClient client = options.client();
    Optional<FleetPlan> plan = devices.all ? Optional.of(FleetPlan.of(client)) : Optional.empty();
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("profiles", plan.map(FleetPlan::profiles).orElse(devices.profiles));
    budget.ifPresent(text -> wanted.put("budget", text));
    floor.ifPresent(text -> wanted.put("floor", text));
    prefer.ifPresent(text -> wanted.put("prefer", text));
    minutes.ifPresent(number -> wanted.put("minutes", number));
    distill.ifPresent(number -> wanted.put("distill_minutes", number));
    if (measure) {
      wanted.put("measure", true);
    }
    patience.ifPresent(seconds -> wanted.put("patience_seconds", seconds));
    ControllerFit fit = ControllerFit.run(client, model, wanted, options.output());
    if (plan.isPresent()) {
      print(plan.get().planned(fit, client));
    } else {
      options.printRows(
          List.of("PROFILE", "VARIANT", "TIME", "REASON"), fit.choices(), FitCommand::row);
    }
    return fit.met() ? 0 : 3;
  }

  private static List<String> row(Fields choice) {
    return List.of(
        choice.string("profile"),
        choice.findString("variant").orElse("none"),
        ControllerFit.time(choice),
        choice.string("reason"));
  }

  private void print(List<Fields> planned) {
    options.printRows(
        List.of("PROFILE", "DEVICES", "VARIANT", "BYTES", "TO SEND", "TIME", "REASON"),
        planned,
        choice ->
            List.of(
                choice.string("profile"),
                String.valueOf(choice.integer("devices")),
                choice.findString("variant").orElse("none"),
                Quantity.size(choice.integer("bytes")),
                Quantity.size(choice.integer("bytes_to_send")),
                ControllerFit.time(choice),
                choice.string("reason")));
    if (!options.output().json()) {
      options.output().line("%s", FleetPlan.told(planned));
    }
  }
}
