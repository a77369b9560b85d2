/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What fits, and measurements on devices for them, look like; see {@link Shapes}. */
final class FitShapes {
  private FitShapes() {}

  record NewFit(
      @Schema(description = "Names of device profiles.") List<String> profiles,
      @Schema(
              description =
                  "flash=2MB,ram=64MB,p95=20ms; the profiles' own hold beside them; of one profile"
                      + " alone raspberry-pi-5:p95=5ms.")
          Optional<String> budget,
      @Schema(
              description =
                  "psnr=35,ssim=0.95, any metric; sqnr=30 without one; of one profile alone"
                      + " raspberry-pi-5:psnr=60.")
          Optional<String> floor,
      @Schema(enumeration = {"speed", "bytes", "quality"}) Optional<String> prefer,
      @Schema(description = "Nothing more is begun after that; 10.") Optional<Double> minutes,
      @Schema(description = "That each student may learn; 0 for no student.")
          Optional<Double> distillMinutes,
      @Schema(description = "Idle devices that opted in measure what may be chosen.")
          Optional<Boolean> measure,
      @Schema(description = "With devices that do not take a measurement; 60.")
          Optional<Double> patienceSeconds) {}

  @Schema(description = "The variant's time over that of the model as it came, 95 % interval.")
  record OnDevice(String device, double ratio, double low, double high) {}

  record Choice(
      String profile,
      @Schema(nullable = true, description = "Null where none fits.") String variant,
      String reason,
      @Schema(description = "How the times are known.") String times,
      @Schema(description = "By a device of the profile.") Optional<OnDevice> measured) {}

  record BenchTimes(
      double loadMs,
      double firstMs,
      double p10Ms,
      double p50Ms,
      double p95Ms,
      double p99Ms,
      @Schema(description = "Of all timed runs.") double cpuSeconds) {}

  @Schema(description = "Of the 10th percentiles, with a 95 % interval.")
  record BenchRatio(
      double value,
      double low,
      double high,
      long rounds,
      @Schema(description = "The interval is narrow enough to go by.") boolean settled) {}

  record BenchResult(
      String runtime,
      BenchTimes candidate,
      BenchTimes reference,
      BenchRatio ratio,
      double seconds,
      @Schema(description = "Resident bytes more with the variant than without; 0 if unknown.")
          long peakBytes,
      @Schema(nullable = true, description = "Largest difference to the outputs made here.")
          Double differs,
      Optional<Double> celsius,
      boolean throttled,
      @Schema(description = "Reads past the page cache, 10⁹ bytes a second.")
          Optional<Double> storageGbS) {}

  @Schema(description = "A variant that a device measures against the model as it came.")
  record Bench(
      String id,
      String model,
      String variant,
      @Schema(description = "SHA-256 of its files' digests.") String digest,
      @Schema(description = "The same of the model as it came.") String reference,
      String profile,
      @Schema(description = "Version of ONNX Runtime on the device.") String runtime,
      @Schema(description = "The one device that a probe is about.") Optional<String> only,
      @Schema(enumeration = {"waiting", "offered", "done", "failed"}) String state,
      Optional<String> device,
      @Schema(description = "It ends then if no device has measured it.") Instant deadline,
      @Schema(description = "Measurements that were not good enough.") long tries,
      @Schema(description = "Why it waits, or why it failed.") String note,
      Optional<String> code,
      Optional<BenchResult> result) {}

  record Benches(List<Bench> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record Fit(
      String id,
      String model,
      List<String> profiles,
      @Schema(enumeration = {"running", "done", "failed"}) String state,
      @Schema(description = "0 to 1.") double progress,
      String doing,
      List<Choice> choices,
      Optional<Shapes.FitProblem> problem) {}

  record Fits(List<Fit> items, @Schema(description = Page.NEXT) Optional<String> next) {}
}
