/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.fit.DeviceBench;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A device that, once it is asked for one variant, measures all that the search has made, in turns,
 * and answers from that: what is asked and what an exhaustive search would know are the same runs.
 */
final class FitDevice {
  private static final double SECONDS = 1.2;
  private static final double NARROW = 0.01;

  /** Of all variants. */
  private static final Duration ALL_RUNS = Duration.ofSeconds(30);

  private final List<Tensor> inputs;
  private final Map<String, Latency> latencies = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private double seconds;

  /**
   * @param inputs of one run of one sample
   */
  FitDevice(List<Tensor> inputs) {
    this.inputs = List.copyOf(inputs);
  }

  /**
   * Several as the devices of profiles.
   *
   * @param devices by the threads of their profiles
   */
  static DeviceBench all(Map<Integer, FitDevice> devices) {
    return new DeviceBench() {
      @Override
      public Reading measure(Job job, Progress progress) throws IOException {
        return Objects.requireNonNull(devices.get(job.device().threads())).measure(job, progress);
      }

      @Override
      public Duration usualRuns() {
        return ALL_RUNS;
      }
    };
  }

  private DeviceBench.Reading measure(DeviceBench.Job job, Progress progress) throws IOException {
    Path reference = job.reference().folder().toAbsolutePath();
    if (latencies.isEmpty()) {
      race(Objects.requireNonNull(reference.getParent()), job.device().threads(), progress);
    }
    asked.add(job.candidate().name().value());
    Latency base = latency(job.reference().name().value());
    Latency own = latency(job.candidate().name().value());
    double ratio = own.p10Millis() / base.p10Millis();
    BenchResult result =
        new BenchResult(
            OrtModel.runtimeVersion(),
            times(own),
            times(base),
            new BenchResult.Ratio(ratio, ratio * (1 - NARROW), ratio * (1 + NARROW), own.runs()),
            Math.max(seconds, own.runs() * (own.p50Millis() + base.p50Millis()) / 1e3),
            0,
            0,
            OptionalDouble.empty(),
            false,
            Optional.empty(),
            OptionalDouble.empty());
    return DeviceBench.Reading.of(new DeviceBench.Measured(new DeviceId("bench"), result));
  }

  private void race(Path folder, int threads, Progress progress) throws IOException {
    long start = System.nanoTime();
    List<String> names = new ArrayList<>();
    List<OrtModel> sessions = new ArrayList<>();
    try {
      for (Path variant : variants(folder)) {
        names.add(String.valueOf(variant.getFileName()));
        sessions.add(OrtModel.open(OnnxModel.open(variant).file(), threads));
      }
      progress.at("all variants on the device", 1);
      List<Latency> race = LatencyRace.run(sessions, inputs, SECONDS * sessions.size());
      for (int i = 0; i < names.size(); i++) {
        latencies.put(names.get(i), race.get(i));
      }
    } finally {
      sessions.forEach(OrtModel::close);
    }
    seconds = (System.nanoTime() - start) / 1e9;
  }

  private static List<Path> variants(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> Files.isDirectory(path))
          .filter(path -> !String.valueOf(path.getFileName()).startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static BenchResult.Times times(Latency latency) {
    double p50 = latency.p50Millis();
    double p95 = latency.p95Millis();
    return new BenchResult.Times(1, p95, latency.p10Millis(), p50, p95, p95, 0);
  }

  private Latency latency(String name) {
    return Optional.ofNullable(latencies.get(name))
        .orElseThrow(
            () -> new BenchException("'%s' was not run: the time was used up".formatted(name)));
  }

  /** What a variant takes there to what {@code reference} takes. */
  double ratio(String variant, String reference) {
    return latency(variant).p10Millis() / latency(reference).p10Millis();
  }

  /** The same in milliseconds, whatever the minute. */
  double millis(String variant, String reference) {
    return ratio(variant, reference) * latency(reference).p50Millis();
  }

  /** Variants that the search asked for. */
  Set<String> asked() {
    return asked;
  }

  /** That measuring all of them took. */
  double seconds() {
    return seconds;
  }
}
