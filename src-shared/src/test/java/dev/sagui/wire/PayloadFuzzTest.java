/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.FailureCode;
import dev.sagui.json.JsonMangler;
import dev.sagui.json.Reading;
import dev.sagui.sketch.LatencySketch;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes on a channel is a payload or a named refusal, and takes little memory to tell. */
class PayloadFuzzTest {
  private static final int ROUNDS = 4_000;

  /** What reading takes at most: several times the largest payload. */
  private static final long MOST_BYTES = 4 << 20;

  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final ArtifactName MODEL = new ArtifactName("vae");
  private static final ChunkRequest.Part PART = new ChunkRequest.Part(4_096, 2_048, 2_048);
  private static final Digest DIGEST = Digest.of(new byte[] {1});

  static Stream<Reading> documents() {
    byte[] ack = new Ack(Channel.REPORTED, "i1", 9).encode();
    return Stream.of(
        new Reading("state", state(), DeviceState::parse),
        new Reading("reported", reported(), Reported::parse),
        new Reading("metrics", metrics(), MetricsReport::parse),
        new Reading("acknowledgement", ack, Ack::parse),
        new Reading("command", ack, Ack::find),
        new Reading("bench", bench(), BenchReport::parse));
  }

  static Stream<Reading> frames() {
    ChunkSet missing = ChunkSet.of(0, 3, 1_699);
    return Stream.of(
        new Reading(
            "chunk request",
            new ChunkRequest(DIGEST, 16, missing, Coding.RANS).encode(),
            ChunkRequest::parse),
        new Reading(
            "part request",
            new ChunkRequest(DIGEST, 1, missing, Coding.RANS).of(PART).encode(),
            ChunkRequest::parse),
        new Reading("chunk", ChunkResponse.prepare(DIGEST, 3, 2_000), ChunkResponse::parse),
        new Reading(
            "part",
            ChunkPart.cut(ChunkResponse.prepare(DIGEST, 3, 9_000), PART).get(0),
            message -> ChunkResponse.parse(message).part()));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whateverComesIsADocumentOrANamedRefusal(Reading form) {
    JsonMangler mangler = new JsonMangler(17);
    for (int round = 0; round < ROUNDS; round++) {
      form.read(mangler.mangled(form.good()), MOST_BYTES);
    }
  }

  @ParameterizedTest
  @MethodSource("frames")
  void whateverComesIsAFrameOrANamedRefusal(Reading form) {
    JsonMangler mangler = new JsonMangler(19);
    for (int round = 0; round < ROUNDS; round++) {
      form.read(mangler.bytes(form.good()), MOST_BYTES);
    }
  }

  @ParameterizedTest
  @MethodSource({"documents", "frames"})
  void whatIsOverTheLimitIsNotLookedAt(Reading form) {
    form.read(Arrays.copyOf(form.good(), 8 << 20), 1 << 20);
  }

  private static byte[] state() {
    return new DeviceState(DEVICE, "i1", true, Optional.of(PayloadsTest.FACTS), Optional.empty())
        .encode();
  }

  private static byte[] reported() {
    Reported.Running running = new Reported.Running(DIGEST, MODEL, 1, 420_000);
    Reported.Failure failure = new Reported.Failure(FailureCode.CHUNK_DIGEST_MISMATCH, "chunk 3");
    Reported.Slot slot =
        new Reported.Slot(
            MODEL,
            SlotState.REJECTED,
            Optional.of(running),
            Optional.of(DIGEST),
            6,
            7,
            500_000,
            new Reported.Saved(120_000, 40_000, 9_000),
            Optional.of(failure),
            Optional.of("{\"payload\":\"e30=\"}"));
    return new Reported(
            DEVICE,
            "i1",
            9,
            2,
            List.of(slot),
            Optional.of(failure),
            Optional.of(new Reported.Store(840_000, 9_000_000_000L, 1_300_000)))
        .encode();
  }

  private static byte[] metrics() {
    LatencySketch latency = new LatencySketch();
    new Random(3).longs(300, 1_000, 100_000_000_000L).forEach(latency::record);
    return new MetricsReport(
            DEVICE,
            "i1",
            4,
            90_000_000,
            List.of(new MetricsReport.Series(MODEL, MODEL, DIGEST, latency, 0.0125, 1)))
        .encode();
  }

  private static byte[] bench() {
    return new BenchReport(
            DEVICE, "i1", 1, "b1", BenchReport.Outcome.measured(BenchReportTest.RESULT))
        .encode();
  }
}
