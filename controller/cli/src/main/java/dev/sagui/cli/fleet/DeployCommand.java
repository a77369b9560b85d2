/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.ProgressLine;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.recipe.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = "Sets a release as the desired state of devices.",
    footer = {
      "",
      "Example:",
      "  sagui fleet deploy 3f9a… --profile raspberry-pi-zero-2-w --max-bytes 20MB",
      "  sagui fleet deploy 3f9a… --label site=north --after-differences --over 30",
      "  sagui fleet deploy 3f9a… --label site=north --from 'https://cdn.example.com/{digest}'"
    })
final class DeployCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 200;

  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "RELEASE", description = "A release's id.")
  private String release = "";

  @ArgGroup(multiplicity = "1")
  private Target target = new Target();

  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      description = {
        "Payload that may come for it on each device, like 20MB. A device that would need more waits and says so;",
        "deploy the release again to allow more."
      })
  private @Nullable String maxBytes;

  @Option(
      names = "--over",
      paramLabel = "MINUTES",
      description = {
        "Devices begin one after the other in that time, in an order by chance, and not all at once; up to a week.",
        "Each waits for its turn from when it is told, with OUTSIDE_WINDOW."
      })
  private Optional<Double> over = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "URL",
      description = {
        "Where the release's files lie on a web server, with {digest} where that stands, like",
        "https://cdn.example.com/{digest}; asked before the controller by devices that allow it",
        "(sagui.fetch.allow). May be given more than once: the first that is good is asked."
      })
  private List<String> from = new ArrayList<>();

  @Option(
      names = "--addresses",
      paramLabel = "FILE",
      description = {
        "A JSON file with an address for each artifact, as object stores pre-sign them:",
        "{\"DIGEST\": \"https://…\"}, of the release's id and of digest and chunks of its files",
        "(GET /api/v1/releases/ID). Deploy again with new ones when they have expired."
      })
  private List<Path> addresses = new ArrayList<>();

  @Option(
      names = "--after-differences",
      description = {
        "Waits until it is made what the release's files differ by from those of earlier ones, so that no device",
        "begins with whole files; sagui fleet releases says how far it is."
      })
  private boolean afterDifferences;

  static final class Target {
    @Option(names = "--profile", description = "All devices of a profile.")
    private @Nullable String profile;

    @Option(names = "--label", paramLabel = "K=V", description = "All devices with a label.")
    private @Nullable String label;

    @Option(names = "--device", description = "One device.")
    private @Nullable String device;

    Map.Entry<String, String> query() {
      if (profile != null) {
        return Map.entry("profile", profile);
      }
      if (label != null) {
        return Map.entry("label", label);
      }
      return Map.entry("device", String.valueOf(device));
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map.Entry<String, String> query = target.query();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("release", release);
    body.put(query.getKey(), query.getValue());
    if (maxBytes != null) {
      body.put("max_bytes", Quantity.bytes("--max-bytes", maxBytes));
    }
    over.ifPresent(minutes -> body.put("over_seconds", Math.round(60 * minutes)));
    if (!from.isEmpty()) {
      body.put("from", from);
    }
    if (!addresses.isEmpty()) {
      body.put("addresses", tables());
    }
    if (afterDifferences) {
      awaitDifferences();
    }
    Fields set = options.client().post("/api/v1/desired-states", body);
    int devices = set.strings("devices").size();
    options.printResult(
        set,
        devices == 0
            ? "no device has %s '%s'".formatted(query.getKey(), query.getValue())
            : "desired state set for %d: %s"
                .formatted(devices, String.join(", ", set.strings("devices"))));
    return 0;
  }

  private List<Object> tables() throws IOException {
    List<Object> tables = new ArrayList<>();
    for (Path file : addresses) {
      try {
        tables.add(Fields.parse(Files.readAllBytes(file)).values());
      } catch (NoSuchFileException e) {
        throw new RejectedException(
            FailureCode.NOT_FOUND, "cannot read '%s': no such file".formatted(file), e);
      }
    }
    return tables;
  }

  private void awaitDifferences() throws InterruptedException {
    try (ProgressLine progress = options.output().progress()) {
      Fields set = differences();
      while (set.string("state").equals("making")) {
        Thread.sleep(POLL_MILLIS);
        set = differences();
        progress.at("making differences", set.number("progress"));
      }
    }
  }

  private Fields differences() {
    return options
        .client()
        .get("/api/v1/releases/" + ControllerClient.encoded(release))
        .object("differences");
  }
}
