/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.json.Fields;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** What a device sends and receives when nothing is rolled out: idle, and asked once a second. */
final class DeliveryTraffic implements DeliveryBench.Part {
  private static final Duration SETTLE = Duration.ofSeconds(75);
  private static final Duration SPAN = Duration.ofMinutes(6);
  private static final Duration BETWEEN_REQUESTS = Duration.ofSeconds(1);
  private static final Map<String, String> AS_SHIPPED = Map.of("sagui.report.interval", "PT60S");

  private final Workshop workshop;
  private final Consumer<String> progress;

  DeliveryTraffic(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
  }

  /** One device behind a network of its own. */
  private record Behind(Device device, CountingProxy network, Server agent)
      implements AutoCloseable {
    static Behind start(Workshop workshop, BenchFleet fleet, String id) {
      CountingProxy network = new CountingProxy(URI.create(fleet.mqttUrl()));
      Device device = new Device(workshop, id);
      Map<String, String> config = new LinkedHashMap<>(AS_SHIPPED);
      config.put("sagui.mqtt.url", network.url());
      return new Behind(device, network, device.connected(fleet, config));
    }

    @Override
    public void close() {
      agent.close();
      network.close();
    }
  }

  @Override
  public List<Row> rows() {
    Path model = workshop.root().resolve("deploy/demo/models/fashion-vae-decoder.onnx");
    Requests requests = new Requests("vae-decoder", "z", 1, 32);
    try (BenchFleet fleet = BenchFleet.start(workshop, "controller")) {
      progress.accept("import, fit and release the demo's model");
      Fields release = fleet.release(requests.model(), model);
      try (Behind idle = Behind.start(workshop, fleet, "bench-idle");
          Behind asked = Behind.start(workshop, fleet, "bench-asked")) {
        for (Behind each : List.of(idle, asked)) {
          fleet.desire(each.device.id(), release.string("id"));
          fleet.awaitServing(each.device.id(), release.string("id"));
        }
        return measure(idle, asked, requests);
      }
    }
  }

  private List<Row> measure(Behind idle, Behind asked, Requests requests) {
    progress.accept("both serve; %d s until they have told so".formatted(SETTLE.toSeconds()));
    ask(asked, requests, SETTLE);
    progress.accept("%d minutes of both".formatted(SPAN.toMinutes()));
    long idleFrom = idle.network.bytes();
    long askedFrom = asked.network.bytes();
    long from = System.nanoTime();
    ask(asked, requests, SPAN);
    double days = (System.nanoTime() - from) / 1e9 / Duration.ofDays(1).toSeconds();
    return List.of(
        row("Idle, kB a day", (idle.network.bytes() - idleFrom) / days / 1e3, 150),
        row(
            "One inference a second and a report a minute, kB a day",
            (asked.network.bytes() - askedFrom) / days / 1e3,
            1000));
  }

  private static void ask(Behind device, Requests requests, Duration span) {
    long end = System.nanoTime() + span.toNanos();
    while (System.nanoTime() < end) {
      try (HttpConnection connection = device.agent.connect()) {
        new Load(connection, requests.agentBinary()).run(1, new Sample());
      }
      Until.sleep(BETWEEN_REQUESTS);
    }
  }

  private static Row row(String what, double kilobytes, double limit) {
    return Row.judged(
        what,
        String.format(Locale.ROOT, "%.0f", kilobytes),
        Row.NONE,
        List.of(Goal.atMost(kilobytes, limit, "%.0f")));
  }

  @Override
  public List<String> notes() {
    return List.of(
        "TCP payload of the device's connection to the broker, both ways, counted by a proxy:"
            + " keep-alives, reports and their acknowledgements, no TCP or IP headers.",
        "Measured over "
            + SPAN.toMinutes()
            + " minutes of two devices side by side, "
            + SETTLE.toSeconds()
            + " s after their update, and scaled to a day; reports every 60 s as shipped.",
        "What a day has beside that is not in it: connects (about 2 kB each), updates.");
  }
}
