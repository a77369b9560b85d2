/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What requests and answers look like, for the API's document alone: a component {@code p50Ms}
 * stands there as {@code p50_ms}. A test holds answers against it.
 */
final class Shapes {
  private Shapes() {}

  @Schema(description = "Why a request failed (RFC 9457).")
  record Problem(
      @Schema(description = "Names the code as a URI.", format = "uri") String type,
      String title,
      int status,
      @Schema(description = "What was tried, expected and found, and what to do.") String detail,
      @Schema(description = "One of deploy/docs/failure-codes.md.") String code) {}

  @Schema(description = "An input or output of a model; -1 is a dimension that each request sets.")
  record Tensor(String name, String datatype, List<Long> shape) {}

  record Variant(
      String name,
      long bytes,
      @Schema(nullable = true, description = "Against the original; null where it has none.")
          Double psnrDb,
      @Schema(description = "Outputs are the original's, bit by bit.") boolean identical,
      double p50Ms,
      @Schema(description = "Each at /api/v1/blobs/DIGEST.") List<File> files) {}

  record Model(
      String name,
      @Schema(description = "SHA-256 of its file, or of its files' digests.") String digest,
      long bytes,
      long opset,
      long parameters,
      List<Tensor> inputs,
      List<Tensor> outputs,
      Instant created,
      List<Variant> variants) {}

  record Models(List<Model> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record FitProblem(String code, String detail) {}

  @Schema(description = "A recipe, as files of 'sagui compress --recipe' have it.")
  record Recipe(
      Optional<Long> seed,
      @Schema(description = "Seeded data or values: latent:, random:, values:.")
          Optional<String> data,
      @Schema(description = "Each a step's name, or one with its parameters.") List<Object> steps,
      @Schema(description = "Limits by metric.") Optional<Map<String, Double>> gates) {}

  record CompressionStep(
      String name,
      boolean changed,
      @Schema(description = "Why nothing changed, or what was left; empty when all went as asked.")
          String reason,
      @Schema(description = "Of the model after it.") long bytes,
      double seconds) {}

  record Compression(
      String id,
      String model,
      @Schema(description = "The variant that it makes.") String variant,
      @Schema(enumeration = {"running", "done", "failed"}) String state,
      @Schema(description = "0 to 1, of what it is doing.") double progress,
      @Schema(description = "The step, with loss and score where it trains.") String doing,
      List<CompressionStep> steps,
      Optional<FitProblem> problem) {}

  record Compressions(
      List<Compression> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record NewRelease(String model, String variant, List<String> profiles) {}

  record File(String name, @Schema(description = "SHA-256.") String digest, long size) {}

  record ReleasedFile(
      String name,
      @Schema(description = "SHA-256.") String digest,
      long size,
      @Schema(description = "SHA-256 of its chunk table.") String chunks) {}

  record Release(
      @Schema(description = "SHA-256 of the signed manifest.") String id,
      String model,
      String variant,
      @Schema(description = "Grows with every release of the model.") long sequence,
      List<String> profiles,
      long flashBytes,
      Instant created,
      Differences differences) {}

  @Schema(description = "By which of its files may be made of those of other releases.")
  record Differences(
      @Schema(description = "making, made or failed; devices take whole files until then.")
          String state,
      @Schema(description = "Of what is compared, 0 to 1.") double progress,
      List<Difference> found) {}

  record Difference(
      @Schema(description = "SHA-256 of the release's file.") String file,
      @Schema(description = "SHA-256 of the other one.") String base,
      @Schema(description = "SHA-256 of what they differ by.") String digest,
      long size,
      @Schema(description = "SHA-256 of its chunk table.") String chunks) {}

  record Releases(List<Release> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record ReleaseWithFiles(
      String id,
      String model,
      String variant,
      long sequence,
      List<String> profiles,
      long flashBytes,
      Instant created,
      Differences differences,
      List<ReleasedFile> files,
      @Schema(description = "How many devices that shall serve it are in which state.")
          Map<String, Long> devices) {}

  @Schema(description = "A release, and one of profile, label and device.")
  record NewDesired(
      @Schema(description = "A release's id.") String release,
      Optional<String> profile,
      @Schema(description = "KEY=VALUE.") Optional<String> label,
      Optional<String> device,
      @Schema(description = "Payload bytes that may come for it; no limit if absent.")
          Optional<Long> maxBytes,
      @Schema(
              description =
                  "Devices begin one after the other until then, 7 days at most; all at once if"
                      + " absent.")
          Optional<Long> overSeconds,
      @Schema(
              description =
                  "Addresses by artifact, as object stores pre-sign them, each table of one server: of the"
                      + " release's id, and of digest and chunks of its files; what has none comes from"
                      + " elsewhere.")
          List<Map<String, String>> addresses,
      @Schema(
              description =
                  "Where its files lie on web servers, with {digest} where that stands; asked before"
                      + " the controller by devices that allow it.")
          Optional<List<String>> from) {}

  record Devices(List<String> devices) {}

  @Schema(description = "A release on the devices of one profile that shall serve it.")
  record Rollout(
      @Schema(description = "A release's id.") String release,
      String model,
      String variant,
      long sequence,
      String profile,
      @Schema(description = "When the release was signed.") Instant created,
      long devices,
      @Schema(description = "Devices that serve it.") long arrived,
      long pending,
      @Schema(description = "Devices that refused it, or the desired state that names it.")
          long refused) {}

  record Rollouts(List<Rollout> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record Failure(String code, String kind, String message) {}

  record Running(String manifest, String variant, long sequence, long flashBytes) {}

  @Schema(description = "One model on a device.")
  record Slot(
      String model,
      String state,
      Optional<Running> serving,
      @Schema(description = "Manifest that it works on, or last worked on.")
          Optional<String> target,
      int chunksHave,
      int chunksTotal,
      long wireBytes,
      DeviceShapes.Saved bytesSaved,
      Optional<Failure> failure,
      Optional<DeviceShapes.Attestation> attestation) {}

  record DesiredSlot(String model, String release) {}

  record Desired(String device, long sequence, List<DesiredSlot> models) {}

  record Latency(
      @Schema(description = "Only where asked by device.") Optional<String> device,
      String model,
      String variant,
      String profile,
      @Schema(description = "Inferences that the percentiles are of.") long count,
      double p50Ms,
      double p95Ms,
      double p99Ms,
      double meanMs,
      double cpuMsPerInference,
      long failures,
      Optional<Long> residentBytes) {}

  record Latencies(List<Latency> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record Event(
      @Schema(description = "Ascending; 0 for progress, which the stream tells and nothing keeps.")
          long id,
      Instant at,
      Optional<String> device,
      Optional<String> model,
      String kind,
      Optional<String> code,
      String message) {}

  record Events(List<Event> items, @Schema(description = Page.NEXT) Optional<String> next) {}
}
