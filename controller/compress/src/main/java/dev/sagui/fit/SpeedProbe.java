/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.isa.HostMachine;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A machine's speeds by four small graphs: a convolution in float32 and in int8, a product of a
 * vector with a matrix that no cache holds, and one operator on one number. Devices run the same
 * ones, two at a time as a bench.
 */
public final class SpeedProbe {
  private static final double SECONDS = 0.5;

  private SpeedProbe() {}

  /** This machine's profile with its speeds, of as many threads as a model gets. */
  public static DeviceProfile profile() throws IOException {
    DeviceProfile host = HostMachine.profile();
    return host.with(measure(host.threads()));
  }

  /**
   * This machine's speeds; of its disk none.
   *
   * @param threads of ONNX Runtime
   */
  public static Speeds measure(int threads) throws IOException {
    DeviceProfile host = HostMachine.profile();
    return speeds(
        host,
        new Millis(
            millis(ProbeGraph.floats(), threads),
            millis(ProbeGraph.integers(host), threads),
            millis(ProbeGraph.product(host), threads),
            millis(ProbeGraph.call(), threads)),
        OptionalDouble.empty());
  }

  /** 10th percentiles of the graphs' times, in milliseconds. */
  public record Millis(double floats, double integers, double product, double call) {}

  /**
   * What times of the graphs mean.
   *
   * @param storageGbs of reads past any cache, where they were timed
   */
  public static Speeds speeds(DeviceProfile device, Millis millis, OptionalDouble storageGbs) {
    return new Speeds(
        ProbeGraph.floats().work().flops() / 1e6 / millis.floats,
        ProbeGraph.integers(device).work().flops() / 1e6 / millis.integers,
        ProbeGraph.product(device).work().bytes() / 1e6 / millis.product,
        OptionalDouble.of(millis.call),
        storageGbs,
        1);
  }

  private static double millis(ProbeGraph graph, int threads) throws IOException {
    try (OrtModel session = OrtModel.open(graph.model(), threads, false)) {
      return LatencyRace.run(List.of(session), List.of(graph.input()), SECONDS).get(0).p10Millis();
    }
  }
}
