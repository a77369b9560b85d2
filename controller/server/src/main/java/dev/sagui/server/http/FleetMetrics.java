/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.LatencyStore;
import dev.sagui.server.telemetry.Buckets;
import dev.sagui.server.telemetry.Latency;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the fleet has reported, as Prometheus reads it: ready-made buckets from the sketches. */
@Singleton
public final class FleetMetrics {
  private static final int MAX_DEVICES = 1_000;
  private static final String LATENCY = "sagui_inference_latency_seconds";
  private static final List<String> BY_VARIANT = List.of("model", "variant", "profile");
  private static final List<String> BY_DEVICE = List.of("device", "profile");

  private final LatencyStore latency;
  private final DeviceStore devices;

  FleetMetrics(LatencyStore latency, DeviceStore devices) {
    this.latency = latency;
    this.devices = devices;
  }

  @SuppressWarnings("deprecation") // the registry that Quarkus 3.33 ships
  void register(@Observes StartupEvent event, PrometheusMeterRegistry registry) {
    registry
        .getPrometheusRegistry()
        .register(
            new Collector() {
              @Override
              public List<MetricFamilySamples> collect() {
                return families();
              }
            });
  }

  private List<MetricFamilySamples> families() {
    List<Sample> buckets = new ArrayList<>();
    List<Sample> cpu = new ArrayList<>();
    List<Sample> failures = new ArrayList<>();
    for (Latency one : latency.byVariant(Optional.empty())) {
      List<String> labels = List.of(one.model(), one.variant(), one.profile());
      buckets.addAll(histogram(one, labels));
      cpu.add(
          new Sample("sagui_inference_cpu_seconds_total", BY_VARIANT, labels, one.cpuSeconds()));
      failures.add(
          new Sample(
              "sagui_inference_failures_total", BY_VARIANT, labels, (double) one.failures()));
    }
    return List.of(
        new MetricFamilySamples(
            LATENCY,
            Collector.Type.HISTOGRAM,
            "Seconds from the arrival of a request to its answer, all devices",
            buckets),
        new MetricFamilySamples(
            "sagui_inference_cpu_seconds",
            Collector.Type.COUNTER,
            "CPU seconds of all inferences",
            cpu),
        new MetricFamilySamples(
            "sagui_inference_failures",
            Collector.Type.COUNTER,
            "Requests that were answered with an error",
            failures),
        new MetricFamilySamples(
            "sagui_resident_memory_bytes",
            Collector.Type.GAUGE,
            "Bytes of resident memory of a device's agent",
            resident()));
  }

  private static List<Sample> histogram(Latency one, List<String> labels) {
    List<String> names = new ArrayList<>(BY_VARIANT);
    names.add("le");
    List<Sample> samples = new ArrayList<>();
    List<Long> cumulative = Buckets.cumulative(one.sketch());
    for (int i = 0; i < cumulative.size(); i++) {
      String border = Collector.doubleToGoString(Buckets.upperNanos().get(i) / 1e9);
      samples.add(bucket(names, labels, border, cumulative.get(i)));
    }
    samples.add(bucket(names, labels, "+Inf", one.sketch().count()));
    samples.add(new Sample(LATENCY + "_count", BY_VARIANT, labels, (double) one.sketch().count()));
    samples.add(new Sample(LATENCY + "_sum", BY_VARIANT, labels, one.sketch().sumNanos() / 1e9));
    return samples;
  }

  private static Sample bucket(List<String> names, List<String> labels, String border, long count) {
    List<String> values = new ArrayList<>(labels);
    values.add(border);
    return new Sample(LATENCY + "_bucket", names, values, (double) count);
  }

  private List<Sample> resident() {
    return devices.list("", MAX_DEVICES).stream()
        .map(
            device ->
                new Sample(
                    "sagui_resident_memory_bytes",
                    BY_DEVICE,
                    List.of(device.id().value(), device.profile()),
                    (double) device.residentBytes()))
        .toList();
  }
}
