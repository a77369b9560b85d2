/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.metrics;

import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.MetricsReport;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;

/** Shows the totals to Prometheus: Micrometer cannot record ready-made buckets. */
final class InferenceCollector implements MultiCollector {
  /** Upper borders in milliseconds; 18 and infinity. */
  private static final double[] BORDERS = {
    0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 20, 30, 50, 75, 100, 200, 500, 1000, 2000, 5000
  };

  private final AgentMetrics metrics;
  private final String profile;

  InferenceCollector(AgentMetrics metrics, String profile) {
    this.metrics = metrics;
    this.profile = profile;
  }

  @Override
  public MetricSnapshots collect() {
    HistogramSnapshot.Builder latency =
        HistogramSnapshot.builder()
            .name("sagui_inference_latency_seconds")
            .unit(Unit.SECONDS)
            .help("From the arrival of a request to its answer.");
    CounterSnapshot.Builder cpu =
        CounterSnapshot.builder()
            .name("sagui_inference_cpu_seconds")
            .unit(Unit.SECONDS)
            .help("CPU time of answered inferences.");
    CounterSnapshot.Builder failures =
        CounterSnapshot.builder()
            .name("sagui_inference_failures")
            .help("Requests answered with an error.");
    for (MetricsReport.Series series : metrics.totals()) {
      Labels labels = labels(series);
      latency.dataPoint(histogram(series.latency(), labels));
      cpu.dataPoint(counter(series.cpuSeconds(), labels));
      failures.dataPoint(counter((double) series.failures(), labels));
    }
    return MetricSnapshots.of(latency.build(), cpu.build(), failures.build(), memory());
  }

  private GaugeSnapshot memory() {
    return GaugeSnapshot.builder()
        .name("sagui_resident_memory_bytes")
        .unit(Unit.BYTES)
        .help("Resident memory of the agent.")
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value((double) metrics.residentBytes())
                .labels(Labels.of("profile", profile))
                .build())
        .build();
  }

  private Labels labels(MetricsReport.Series series) {
    return Labels.of(
        "model", series.model().value(), "variant", series.variant().value(), "profile", profile);
  }

  private static CounterSnapshot.CounterDataPointSnapshot counter(double value, Labels labels) {
    return CounterSnapshot.CounterDataPointSnapshot.builder().value(value).labels(labels).build();
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot histogram(
      LatencySketch sketch, Labels labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (double border : BORDERS) {
      long upTo = sketch.countUpTo((long) (border * 1e6));
      buckets.bucket(border / 1e3, upTo - below);
      below = upTo;
    }
    buckets.bucket(Double.POSITIVE_INFINITY, sketch.count() - below);
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(sketch.sumNanos() / 1e9)
        .labels(labels)
        .build();
  }
}
