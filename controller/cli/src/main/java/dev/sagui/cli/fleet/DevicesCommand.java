/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.json.Fields;
import dev.sagui.wire.Reported;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Devices with what they serve and how fast.",
    footer = {"", "Example:", "  sagui fleet devices --profile raspberry-pi-5"})
final class DevicesCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Option(names = "--profile", description = "Only devices of this profile.")
  private @Nullable String profile;

  @Option(names = "--label", paramLabel = "K=V", description = "Only devices with this label.")
  private @Nullable String label;

  @Override
  public Integer call() {
    List<Fields> devices = options.client().items("/api/v1/devices" + query());
    options.printRows(
        List.of(
            "DEVICE",
            "ONLINE",
            "PROFILE",
            "MODEL",
            "VARIANT",
            "STATE",
            "ATTESTED",
            "P50 MS",
            "P95 MS",
            "P99 MS",
            "BENCHES",
            "FP32, INT8 GOP/S",
            "MEMORY, DISK GB/S",
            "CALL MS",
            "CAME MB",
            "SAVED MB",
            "LAST SEEN"),
        devices,
        DevicesCommand::row);
    return 0;
  }

  private String query() {
    StringBuilder query = new StringBuilder("?limit=500");
    if (profile != null) {
      query.append("&profile=").append(ControllerClient.encoded(profile));
    }
    if (label != null) {
      query.append("&label=").append(ControllerClient.encoded(label));
    }
    return query.toString();
  }

  private static List<String> row(Fields device) {
    Fields slot = first(device, "models");
    Fields latency = first(device, "latency");
    return List.of(
        device.string("id"),
        device.flag("online") ? "yes" : "no",
        device.has("facts") ? device.object("facts").string("profile") : "-",
        slot.findString("model").orElse("-"),
        slot.has("serving") ? slot.object("serving").string("variant") : "-",
        slot.findString("state").orElse("-")
            + (slot.has("failure") ? " (" + slot.object("failure").string("code") + ")" : ""),
        attested(slot),
        millis(latency, "p50_ms"),
        millis(latency, "p95_ms"),
        millis(latency, "p99_ms"),
        benches(device),
        speed(device, "fp32_gflops") + ", " + speed(device, "int8_gops"),
        speed(device, "memory_gb_s") + ", " + speed(device, "storage_gb_s"),
        speed(device, "call_ms"),
        slot.has("wire_bytes") ? megabytes(slot.integer("wire_bytes")) : "-",
        slot.has("bytes_saved")
            ? megabytes(Reported.Saved.parse(slot.object("bytes_saved")).bytes())
            : "-",
        device.findString("last_seen").orElse("-"));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f", bytes / 1e6);
  }

  private static String attested(Fields slot) {
    if (!slot.has("attestation")) {
      return "-";
    }
    return switch (slot.object("attestation").string("state")) {
      case "ATTESTED" -> "yes";
      case "FALSE" -> "FALSE";
      default -> "no";
    };
  }

  /** Whether it measures, and how far it is believed. */
  private static String benches(Fields device) {
    if (device.has("bench_quarantine")) {
      return "QUARANTINED (" + device.string("bench_quarantine") + ")";
    }
    boolean willing =
        device.has("facts")
            && device.object("facts").has("benches")
            && device.object("facts").flag("benches");
    String word = willing ? "yes" : "-";
    return device.has("outlier") ? word + " OUTLIER (" + device.string("outlier") + ")" : word;
  }

  /** What its probe told, to three digits. */
  private static String speed(Fields device, String key) {
    OptionalDouble value =
        device.has("speeds") ? device.object("speeds").findNumber(key) : OptionalDouble.empty();
    return value.isPresent() ? String.format(Locale.ROOT, "%.3g", value.getAsDouble()) : "-";
  }

  private static Fields first(Fields device, String key) {
    List<Fields> items = device.objects(key, item -> item);
    return items.isEmpty() ? Fields.empty() : items.get(0);
  }

  private static String millis(Fields latency, String key) {
    OptionalDouble value = latency.findNumber(key);
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "-";
  }
}
