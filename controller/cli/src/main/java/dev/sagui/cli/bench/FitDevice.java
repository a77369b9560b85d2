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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A device that, once it is asked for one variant, measures all that the search has made, in turns,
 * and answers from that: what is asked and what an exhaustive search would know are the same runs.
 *
 * <p>A ratio's interval is of races, each with sessions of its own, in an order of its own: where a
 * session's memory lies and who runs before it make all of its runs faster or slower, which no
 * number of runs of one race shows.
 */
final class FitDevice {
  private static final int RACES = 5;
  private static final long SEED = 7;

  /** For each variant, in each of them. */
  private static final double SECONDS = 0.4;

  /** Of all variants. */
  private static final Duration ALL_RUNS = Duration.ofSeconds(60);

  private final List<Tensor> inputs;
  private final Map<String, List<Latency>> latencies = new LinkedHashMap<>();
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
      races(Objects.requireNonNull(reference.getParent()), job.device().threads(), progress);
    }
    asked.add(job.candidate().name().value());
    Latency base = latency(job.reference().name().value());
    Latency own = latency(job.candidate().name().value());
    Interval log = log(job.candidate().name().value(), job.reference().name().value());
    BenchResult result =
        new BenchResult(
            OrtModel.runtimeVersion(),
            times(own),
            times(base),
            new BenchResult.Ratio(
                Math.exp(log.mean()), Math.exp(log.low()), Math.exp(log.high()), own.runs()),
            Math.max(seconds, own.runs() * (own.p50Millis() + base.p50Millis()) / 1e3),
            0,
            0,
            OptionalDouble.empty(),
            false,
            Optional.empty(),
            OptionalDouble.empty());
    return DeviceBench.Reading.of(new DeviceBench.Measured(new DeviceId("bench"), result));
  }

  private void races(Path folder, int threads, Progress progress) throws IOException {
    long start = System.nanoTime();
    List<Path> variants = variants(folder);
    Random random = new Random(SEED);
    for (int i = 1; i <= RACES; i++) {
      progress.at("all variants on the device, %d of %d".formatted(i, RACES), 1);
      Collections.shuffle(variants, random);
      race(variants, threads);
    }
    seconds = (System.nanoTime() - start) / 1e9;
  }

  private void race(List<Path> variants, int threads) throws IOException {
    List<OrtModel> sessions = new ArrayList<>();
    try {
      for (Path variant : variants) {
        sessions.add(OrtModel.open(OnnxModel.open(variant).file(), threads));
      }
      List<Latency> race = LatencyRace.run(sessions, inputs, SECONDS * sessions.size());
      for (int i = 0; i < variants.size(); i++) {
        latencies
            .computeIfAbsent(name(variants.get(i)), name -> new ArrayList<>())
            .add(race.get(i));
      }
    } finally {
      sessions.forEach(OrtModel::close);
    }
  }

  private static String name(Path variant) {
    return String.valueOf(variant.getFileName());
  }

  private static List<Path> variants(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> Files.isDirectory(path))
          .filter(path -> !name(path).startsWith("."))
          .sorted()
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  private static BenchResult.Times times(Latency latency) {
    double p50 = latency.p50Millis();
    double p95 = latency.p95Millis();
    return new BenchResult.Times(1, p95, latency.p10Millis(), p50, p95, p95, 0);
  }

  private List<Latency> races(String variant) {
    return Optional.ofNullable(latencies.get(variant))
        .orElseThrow(
            () -> new BenchException("'%s' was not run: the time was used up".formatted(variant)));
  }

  /** On average. */
  private Latency latency(String variant) {
    List<Latency> all = races(variant);
    return new Latency(
        mean(all, Latency::p10Millis),
        mean(all, Latency::p50Millis),
        mean(all, Latency::p95Millis),
        all.stream().mapToInt(Latency::runs).sum());
  }

  private static double mean(List<Latency> all, ToDoubleFunction<Latency> of) {
    return all.stream().mapToDouble(of).average().orElseThrow();
  }

  /** The logarithm of the ratio, whose interval is as wide whichever of both is above. */
  private Interval log(String variant, String reference) {
    List<Latency> ours = races(variant);
    List<Latency> theirs = races(reference);
    List<Double> logs = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      logs.add(Math.log(ours.get(i).p10Millis() / theirs.get(i).p10Millis()));
    }
    return Interval.of(logs);
  }

  /** What a variant takes there to what {@code reference} takes. */
  double ratio(String variant, String reference) {
    return Math.exp(log(variant, reference).mean());
  }

  /** Whether it was measured which of the two is faster, with 95 % confidence. */
  boolean isOrdered(String one, String other) {
    return !log(one, other).holdsZero();
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
