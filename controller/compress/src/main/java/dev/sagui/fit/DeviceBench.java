/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.cost.CostModel;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Measures variants on devices of a profile. */
public interface DeviceBench {
  /** There is no device: times are estimated. */
  DeviceBench NONE = (job, progress) -> Reading.none("");

  /**
   * Measures a variant against the model as it came, on one device; waits for it. Several threads
   * may ask, each for a variant of its own.
   *
   * @throws IOException the variants could not be stored for a device to pull
   */
  Reading measure(Job job, Progress progress) throws IOException;

  /** How many devices of the profile could measure now, each a variant of its own. */
  default int idle(DeviceProfile device) {
    return 1;
  }

  /** What the runs of a measurement usually take, until a ratio is known and how requests wait. */
  default Duration usualRuns() {
    return Duration.ofSeconds(4);
  }

  /** Whether devices of several profiles may measure at the same time, each for itself. */
  default boolean atOnce() {
    return false;
  }

  /** What earlier fits learned of the times of such devices. */
  default Optional<CostModel> known(DeviceProfile device) {
    return Optional.empty();
  }

  /**
   * Keeps what this fit learned.
   *
   * @param runtime version of ONNX Runtime that measured
   */
  default void keep(DeviceProfile device, String runtime, CostModel model) {}

  /**
   * What is to be measured.
   *
   * @param reference the model as it came
   * @param allowance after which no result is of use any more
   */
  record Job(DeviceProfile device, Variant reference, Variant candidate, Duration allowance) {
    /** For a device to pull two models and load them in a new process. */
    static final Duration START = Duration.ofSeconds(4);

    /** What of the allowance is for runs. */
    public Duration runs(Duration most) {
      Duration left = allowance.minus(START);
      return left.compareTo(most) < 0 ? left : most;
    }
  }

  /** What one device measured. */
  record Measured(DeviceId device, BenchResult result) {}

  /**
   * What came of it.
   *
   * @param unfit whether the variant does not run on such a device
   * @param note why nothing was measured; empty when there is nothing to say
   */
  record Reading(Optional<Measured> measured, boolean unfit, String note) {
    public static Reading of(Measured measured) {
      return new Reading(Optional.of(measured), false, "");
    }

    public static Reading none(String note) {
      return new Reading(Optional.empty(), false, note);
    }

    public static Reading unfit(String why) {
      return new Reading(Optional.empty(), true, why);
    }
  }
}
