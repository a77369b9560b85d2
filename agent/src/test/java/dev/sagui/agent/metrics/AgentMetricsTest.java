/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.serve.ServedModel;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.tensor.Tensor;
import dev.sagui.wire.MetricsReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentMetricsTest {
  private final AgentMetrics metrics = new AgentMetrics("raspberry-pi-5");
  private final ServedModel model = model("fp32");

  private static ServedModel model(String variant) {
    return new ServedModel(
        new ArtifactName("decoder"),
        new ArtifactName(variant),
        Digest.of(variant.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        List.of(),
        List.of(),
        new Unasked());
  }

  /** A session that no one asks. */
  private static final class Unasked implements dev.sagui.agent.engine.Session {
    @Override
    public List<Tensor> infer(List<Tensor> inputs) {
      throw new AssertionError("asked");
    }

    @Override
    public void close() {}
  }

  @Test
  void addsUpWhatItRecorded() {
    for (int i = 1; i <= 1_000; i++) {
      metrics.recorded(model, i * 10_000L, 2_000_000);
    }
    metrics.failed(model, FailureCode.BAD_TENSOR);
    metrics.recorded(model("int8"), 1, 1);
    assertEquals(1_000, sample("sagui_inference_latency_seconds_count", "fp32"));
    assertEquals(1_000, bucket("+Inf"));
    assertEquals(5.005, sample("sagui_inference_latency_seconds_sum", "fp32"), 0.05);
    assertEquals(2, sample("sagui_inference_cpu_seconds_total", "fp32"), 1e-6);
    assertEquals(1, sample("sagui_inference_failures_total", "fp32"));
    assertEquals(1, sample("sagui_inference_latency_seconds_count", "int8"));
  }

  @Test
  void countsEachBucketWithAllBelowIt() {
    metrics.recorded(model, 300_000, 0);
    metrics.recorded(model, 4_000_000, 0);
    metrics.recorded(model, 9_000_000_000L, 0);
    assertEquals(0, bucket("2.5E-4"));
    assertEquals(1, bucket("5.0E-4"));
    assertEquals(2, bucket("0.005"));
    assertEquals(2, bucket("5.0"));
    assertEquals(3, bucket("+Inf"));
  }

  @Test
  void usesAtMostTwentyBucketsAndDescribesAllItShows() {
    metrics.recorded(model, 1, 1);
    List<String> lines = metrics.scrape().lines().toList();
    assertTrue(lines.stream().filter(line -> line.contains("_bucket{")).count() <= 20);
    for (String name :
        List.of(
            "sagui_inference_latency_seconds",
            "sagui_inference_cpu_seconds_total",
            "sagui_inference_failures_total",
            "sagui_resident_memory_bytes")) {
      assertTrue(lines.stream().anyMatch(line -> line.startsWith("# HELP " + name + " ")), name);
    }
    assertTrue(metrics.residentBytes() > 1 << 20);
  }

  @Test
  void keepsTheTotalsWhenDrained() {
    metrics.recorded(model, 5, 5);
    assertEquals(1, metrics.drain().size());
    assertEquals(0, metrics.drain().size());
    assertEquals(1, sample("sagui_inference_latency_seconds_count", "fp32"));
  }

  @Test
  void drainsEachInferenceExactlyOnceWhileOthersRecord() throws InterruptedException {
    List<Thread> recording = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  metrics.recorded(model, i, 1_000);
                  metrics.failed(model, FailureCode.BAD_TENSOR);
                }
              });
      recording.add(thread);
      thread.start();
    }
    long count = 0;
    long failures = 0;
    double cpuSeconds = 0;
    boolean last;
    do {
      last = recording.stream().noneMatch(Thread::isAlive);
      for (MetricsReport.Series series : metrics.drain()) {
        count += series.latency().count();
        failures += series.failures();
        cpuSeconds += series.cpuSeconds();
      }
    } while (!last);
    assertEquals(80_000, count);
    assertEquals(80_000, failures);
    assertEquals(0.08, cpuSeconds, 1e-9);
  }

  private double bucket(String border) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.contains("_bucket{") && line.contains("le=\"" + border + "\""))
        .mapToDouble(AgentMetricsTest::value)
        .findFirst()
        .orElseThrow(() -> new AssertionError(metrics.scrape()));
  }

  private double sample(String name, String variant) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(variant))
        .mapToDouble(AgentMetricsTest::value)
        .findFirst()
        .orElseThrow(() -> new AssertionError(metrics.scrape()));
  }

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }
}
