/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceId;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.sketch.LatencySketch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The payloads as they travel: golden files, so that a change of the wire format shows. */
class PayloadsTest {
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final TrustedKey KEY =
      TrustedKey.parseBase64(
          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDUzuX+q8SaaZVGjkPq+/tja3vO"
              + "Kj6+h8tN1rghpHxzPzyOPwgEXhKPoSEjCRPLquOJjfm47y3MmyVQhxgM/Cdw==");
  private static final ArtifactName MODEL = new ArtifactName("vae");
  static final DeviceState.Facts FACTS =
      new DeviceState.Facts(
          new ArtifactName("raspberry-pi-5"),
          "its board is a Raspberry Pi 5 Model B Rev 1.0",
          "aarch64",
          List.of("asimd", "asimddp"),
          4,
          8L << 30,
          6L << 30,
          1L << 34,
          "1.29.0",
          "0.1.0",
          new Conditions(Optional.of("ondemand"), OptionalInt.of(2400), OptionalDouble.of(80)),
          true,
          "http://127.0.0.1:8100",
          Map.of("room", "kitchen"));

  @Test
  void stateLooksAsAlways() throws IOException {
    DeviceState state = new DeviceState(DEVICE, "i1", true, Optional.of(FACTS), Optional.of(KEY));
    assertGolden("state.json", state.encode());
    assertEquals(state, DeviceState.parse(state.encode()));
    DeviceState will = new DeviceState(DEVICE, "i1", false, Optional.empty(), Optional.empty());
    assertEquals(will, DeviceState.parse(will.encode()));
  }

  @Test
  void reportedLooksAsAlways() throws IOException {
    Reported.Running running = new Reported.Running(DIGEST, new ArtifactName("fp16"), 1, 420_000);
    Reported.Failure failure =
        new Reported.Failure(FailureCode.CHUNK_DIGEST_MISMATCH, "chunk 3 of 7");
    Reported reported =
        new Reported(
            DEVICE,
            "i1",
            9,
            2,
            List.of(
                new Reported.Slot(
                    MODEL,
                    SlotState.REJECTED,
                    Optional.of(running),
                    Optional.of(DIGEST),
                    6,
                    7,
                    500_000,
                    new Reported.Saved(240_000, 120_000, 60_000),
                    Optional.of(failure),
                    Optional.of("{\"payload\":\"e30=\"}"))),
            Optional.empty(),
            Optional.of(new Reported.Store(840_000, 9_000_000_000L, 1_300_000)));
    assertGolden("reported.json", reported.encode());
    assertEquals(reported, Reported.parse(reported.encode()));
  }

  @Test
  void aReasonOfAnyLengthFitsTheReport() {
    Reported.Failure failure =
        new Reported.Failure(FailureCode.MODEL_DOES_NOT_LOAD, "\u0001".repeat(100_000));
    Reported reported =
        new Reported(DEVICE, "i1", 9, 2, List.of(), Optional.of(failure), Optional.empty());
    assertEquals(reported, Reported.parse(reported.encode()));
  }

  @Test
  void metricsLookAsAlways() throws IOException {
    LatencySketch latency = new LatencySketch();
    latency.record(1_500_000);
    MetricsReport report =
        new MetricsReport(
            DEVICE,
            "i1",
            4,
            90_000_000,
            List.of(
                new MetricsReport.Series(
                    MODEL, new ArtifactName("int8"), DIGEST, latency, 0.0125, 1)));
    assertGolden("metrics.json", report.encode());
    MetricsReport read = MetricsReport.parse(report.encode());
    assertArrayEquals(latency.encode(), read.series().get(0).latency().encode());
  }

  @Test
  void ackLooksAsAlways() throws IOException {
    Ack ack = new Ack(Channel.REPORTED, "i1", 9);
    assertGolden("ack.json", ack.encode());
    assertEquals(ack, Ack.parse(ack.encode()));
  }

  @Test
  void ackIsToldFromOtherCommands() {
    Ack ack = new Ack(Channel.BENCH, "i1", 1);
    assertEquals(Optional.of(ack), Ack.find(ack.encode()));
    assertEquals(Optional.empty(), Ack.find("{\"payload\":\"\"}".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void chunkRequestSurvivesItsBinaryForm() {
    ChunkRequest request = new ChunkRequest(DIGEST, 16, ChunkSet.of(0, 3, 1_699), Coding.NONE);
    assertEquals(request, ChunkRequest.parse(request.encode()));
    assertEquals(34 + 213, request.encode().length);
  }

  @Test
  void whoReadsCodedChunksSaysSoInBytesThatOthersTakeForTheBitmapsEnd() {
    for (ChunkSet missing : List.of(ChunkSet.of(), ChunkSet.of(0, 3, 1_699))) {
      ChunkRequest request = new ChunkRequest(DIGEST, 16, missing, Coding.RANS);
      byte[] bytes = request.encode();
      assertEquals(request, ChunkRequest.parse(bytes));
      assertEquals(missing, ChunkSet.parse(Arrays.copyOfRange(bytes, 34, bytes.length)));
      assertEquals(0, bytes[bytes.length - 1]);
    }
  }

  @Test
  void aRequestOfALaterAgentIsReadAsTheBestThatIsKnown() {
    byte[] bytes = new ChunkRequest(DIGEST, 16, ChunkSet.of(3), Coding.RANS).encode();
    byte[] later = Arrays.copyOf(bytes, bytes.length + 1);
    assertEquals(ChunkRequest.parse(bytes), ChunkRequest.parse(later));
  }

  @Test
  void refusesAChunkOfAKindThatIsNotKnown() {
    byte[] message = ChunkResponse.coded(DIGEST, 5, new byte[] {7});
    assertEquals(ChunkResponse.Kind.CODED, ChunkResponse.parse(message).kind());
    message[1] = 4;
    assertThrows(RejectedException.class, () -> ChunkResponse.parse(message));
    message[1] = -1;
    assertThrows(RejectedException.class, () -> ChunkResponse.parse(message));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 17, 255})
  void refusesAWindowOutOfBounds(int window) {
    byte[] bytes = new ChunkRequest(DIGEST, 1, ChunkSet.of(0), Coding.RANS).encode();
    bytes[33] = (byte) window;
    assertThrows(RejectedException.class, () -> ChunkRequest.parse(bytes));
  }

  @Test
  void chunkResponseKeepsTheBytesInPlace() {
    byte[] message = ChunkResponse.prepare(DIGEST, 5, 3);
    message[ChunkResponse.HEADER_BYTES] = 42;
    ChunkResponse read = ChunkResponse.parse(message);
    assertEquals(5, read.index());
    assertEquals(3, read.length());
    assertEquals(42, read.message()[ChunkResponse.HEADER_BYTES]);
    assertTrue(ChunkResponse.parse(ChunkResponse.missing(DIGEST)).missing());
  }

  @Test
  void refusesAChunkLongerThanAnyChunk() {
    byte[] message = ChunkResponse.prepare(DIGEST, 0, ChunkTable.CHUNK_BYTES + 1);
    RejectedException e = assertThrows(RejectedException.class, () -> ChunkResponse.parse(message));
    assertEquals(FailureCode.CHUNK_TOO_LONG, e.code());
  }

  @Test
  void theLargestChunkFitsItsChannel() {
    int bytes = ChunkResponse.HEADER_BYTES + ChunkTable.CHUNK_BYTES;
    assertTrue(bytes <= Channel.CHUNK_RESPONSE.maxBytes());
    assertTrue(Channel.CHUNK_RESPONSE.maxBytes() < 128 * 1024);
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void everyTopicIsFoundAgain(Channel channel) {
    Topics topics = new Topics("sagui", "default");
    String topic = topics.of(DEVICE, channel);
    assertEquals(Optional.of(new Topics.Address(DEVICE, channel)), topics.find(topic));
    assertTrue(topic.split("/").length <= 7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sagui",
        "other/v1/default/a/state",
        "sagui/v1/default/a",
        "sagui/v1/default//state",
        "sagui/v1/default/a/unknown"
      })
  void foreignTopicsAreNoneOfOurs(String topic) {
    assertEquals(Optional.empty(), new Topics("sagui", "default").find(topic));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"device\":3}", "{\"a\":1,\"a\":2}", "nonsense"})
  void brokenPayloadsAreRejectedAndNothingElseHappens(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThrows(RejectedException.class, () -> Reported.parse(bytes));
    assertThrows(RejectedException.class, () -> DeviceState.parse(bytes));
    assertThrows(RejectedException.class, () -> MetricsReport.parse(bytes));
    assertThrows(RejectedException.class, () -> Ack.parse(bytes));
    assertThrows(RejectedException.class, () -> ChunkRequest.parse(bytes));
    assertThrows(RejectedException.class, () -> ChunkResponse.parse(bytes));
  }

  @Test
  void payloadsOverTheLimitAreNotParsed() {
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> Reported.parse(new byte[Channel.REPORTED.maxBytes() + 1]));
    assertEquals(FailureCode.PAYLOAD_TOO_LARGE, e.code());
  }

  private static void assertGolden(String file, byte[] payload) throws IOException {
    try (InputStream golden = PayloadsTest.class.getResourceAsStream(file)) {
      assertEquals(
          new String(golden.readAllBytes(), StandardCharsets.UTF_8),
          new String(Json.pretty(Json.parse(payload)), StandardCharsets.UTF_8));
    }
  }
}
