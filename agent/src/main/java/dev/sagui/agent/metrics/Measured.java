/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.metrics;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.MetricsReport;

/** What was measured of one release; guarded by its owner. */
final class Measured {
  private final ArtifactName model;
  private final ArtifactName variant;
  private final Digest manifest;
  private final LatencySketch latency = new LatencySketch();
  private long cpuNanos;
  private long failures;

  Measured(ArtifactName model, ArtifactName variant, Digest manifest) {
    this.model = model;
    this.variant = variant;
    this.manifest = manifest;
  }

  void record(long nanos, long cpu) {
    latency.record(nanos);
    cpuNanos += Math.max(0, cpu);
  }

  void fail() {
    failures++;
  }

  /** A copy. */
  MetricsReport.Series series() {
    LatencySketch copy = new LatencySketch();
    copy.merge(latency);
    return new MetricsReport.Series(model, variant, manifest, copy, cpuNanos / 1e9, failures);
  }
}
