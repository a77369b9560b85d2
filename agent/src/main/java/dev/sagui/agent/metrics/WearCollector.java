/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.function.LongSupplier;

/** Shows what the disk takes to Prometheus. */
record WearCollector(LongSupplier todayBytes, String profile) implements Collector {
  @Override
  public MetricSnapshot collect() {
    return GaugeSnapshot.builder()
        .name("sagui_written_today_bytes")
        .unit(Unit.BYTES)
        .help("Bytes that the agent has written to its disk since midnight UTC.")
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value((double) todayBytes.getAsLong())
                .labels(Labels.of("profile", profile))
                .build())
        .build();
  }
}
