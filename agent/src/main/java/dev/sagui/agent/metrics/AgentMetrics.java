/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.metrics;

import com.sun.management.OperatingSystemMXBean;
import dev.sagui.agent.serve.ServedModel;
import dev.sagui.agent.update.Soak;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.FailureKind;
import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.MetricsReport;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What is measured here; any thread may record. Every recorded inference is drained into exactly
 * one report and stays in the totals that Prometheus scrapes.
 */
public final class AgentMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");

  private final String profile;
  private final OperatingSystemMXBean process;
  private final Map<Digest, Measured> sinceDrain = new LinkedHashMap<>();
  private final Map<String, Measured> totals = new LinkedHashMap<>();
  private final Map<Digest, Watch> watched = new HashMap<>();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /**
   * @param profile label of every series
   */
  public AgentMetrics(String profile) {
    this.profile = profile;
    this.process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    registry.getPrometheusRegistry().register(new InferenceCollector(this, profile));
  }

  /** Shows too what the disk takes: bytes that were written since midnight UTC. */
  public void showWear(LongSupplier todayBytes) {
    registry.getPrometheusRegistry().register(new WearCollector(todayBytes, profile));
  }

  /**
   * CPU time that this process has used. The difference around an inference, shared among those in
   * flight, is what it cost.
   */
  public long cpuNanos() {
    return process.getProcessCpuTime();
  }

  /**
   * One answered request.
   *
   * @param nanos from its arrival to its answer
   */
  public synchronized void recorded(ServedModel model, long nanos, long cpuNanos) {
    since(model).record(nanos, cpuNanos);
    total(model).record(nanos, cpuNanos);
    Optional.ofNullable(watched.get(model.manifest())).ifPresent(watch -> watch.answered(nanos));
  }

  /** One request that was answered with an error. */
  public synchronized void failed(ServedModel model, FailureCode why) {
    since(model).fail();
    total(model).fail();
    if (why.kind() == FailureKind.MODEL) {
      Optional.ofNullable(watched.get(model.manifest())).ifPresent(Watch::failed);
    }
  }

  /** Counts what the release answers from now on, until it is {@link #unwatch unwatched}. */
  public synchronized void watch(Digest release) {
    watched.put(release, new Watch());
  }

  public synchronized void unwatch(Digest release) {
    watched.remove(release);
  }

  /** What a watched release has answered. */
  public synchronized Soak.Health health(Digest release) {
    return Optional.ofNullable(watched.get(release)).orElseGet(Watch::new).health();
  }

  /** What was recorded since the last drain. */
  public synchronized List<MetricsReport.Series> drain() {
    List<MetricsReport.Series> series = sinceDrain.values().stream().map(Measured::series).toList();
    sinceDrain.clear();
    return series;
  }

  synchronized List<MetricsReport.Series> totals() {
    return new ArrayList<>(totals.values().stream().map(Measured::series).toList());
  }

  private Measured since(ServedModel model) {
    return sinceDrain.computeIfAbsent(
        model.manifest(), manifest -> new Measured(model.model(), model.variant(), manifest));
  }

  /** By labels: a variant that is released anew goes on in its series. */
  private Measured total(ServedModel model) {
    return totals.computeIfAbsent(
        model.model() + "/" + model.variant(),
        labels -> new Measured(model.model(), model.variant(), model.manifest()));
  }

  /** Resident memory of this process; 0 where the kernel does not tell. */
  public long residentBytes() {
    try {
      Optional<String> line =
          Files.readAllLines(STATUS).stream().filter(l -> l.startsWith("VmRSS:")).findFirst();
      return line.map(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024).orElse(0L);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Requests to one release; guarded by its owner. */
  private static final class Watch {
    private final LatencySketch latency = new LatencySketch();
    private long failures;

    void answered(long nanos) {
      latency.record(nanos);
    }

    void failed() {
      failures++;
    }

    Soak.Health health() {
      double p95 = latency.count() == 0 ? 0 : latency.quantileMillis(0.95);
      return new Soak.Health(latency.count(), failures, p95);
    }
  }

  /** The Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }
}
