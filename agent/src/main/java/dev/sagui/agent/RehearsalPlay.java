/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.link.RehearsalBroker;
import dev.sagui.agent.link.RehearsalBroker.Said;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.update.AgentRecord;
import dev.sagui.agent.update.Effort;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.MetricsReport;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What is played in a rehearsal: a device that serves release v1 of a tiny model, and a controller
 * that tells it to serve v2, whose file has some chunks. The broker's thread alone speaks to it.
 */
final class RehearsalPlay implements RehearsalBroker.Controller {
  static final DeviceId DEVICE = new DeviceId("rehearsal");
  static final ArtifactName MODEL = new ArtifactName("rehearsal");
  static final ArtifactName PROFILE = new ArtifactName("raspberry-pi-5");
  static final String FIRST = "v1";
  static final String SECOND = "v2";

  /** A field that ONNX does not know. */
  private static final int IGNORED_FIELD = 999;

  private static final int IGNORED_BYTES = 20 * ChunkTable.CHUNK_BYTES;

  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final Map<Digest, byte[]> artifacts = new HashMap<>();
  private final byte[] desired;

  /**
   * @param home of the agent, where v1 and the key lie from now on
   */
  RehearsalPlay(Path home) throws IOException {
    Files.writeString(home.resolve("trust.pub"), key.trusted().pem());
    byte[] first = release(FIRST, 1, model());
    serveFirst(home, first);
    byte[] second = release(SECOND, 2, longer(model(), noise()));
    DesiredState.Slot slot =
        new DesiredState.Slot(MODEL, Digest.of(second), second.length, FetchTerms.NONE);
    desired = key.sign(new DesiredState(DEVICE, 2, List.of(slot), Optional.empty()));
  }

  private void serveFirst(Path home, byte[] signed) throws IOException {
    ArtifactStore store = new ArtifactStore(home);
    for (Map.Entry<Digest, byte[]> artifact : artifacts.entrySet()) {
      store.put(artifact.getKey(), artifact.getValue());
    }
    Reported.Running running =
        new Reported.Running(Digest.of(signed), new ArtifactName(FIRST), 1, signed.length);
    SlotRecord slot =
        new SlotRecord(
            MODEL,
            SlotState.IDLE,
            Optional.of(running),
            Optional.empty(),
            Optional.of(new SlotRecord.Target(Digest.of(signed), signed.length)),
            1,
            new Effort(0, 0, false, 0),
            Optional.empty());
    new Journal(home).save(new AgentRecord(1, List.of(slot), Map.of()));
  }

  private byte[] release(String variant, long sequence, byte[] file) {
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(-1L, 4L));
    TensorInfo y = new TensorInfo("y", DataType.FP32, List.of(-1L, 4L));
    Manifest manifest =
        new Manifest(
            MODEL,
            new ArtifactName(variant),
            sequence,
            Instant.EPOCH,
            List.of(PROFILE),
            List.of(entry("model.onnx", file)),
            "model.onnx",
            List.of(x),
            List.of(y),
            entry("golden.safetensors", golden()),
            1e-3,
            new Manifest.Limits(Double.POSITIVE_INFINITY, 1 << 20),
            Map.of());
    return keep(key.sign(manifest));
  }

  private FileEntry entry(String name, byte[] bytes) {
    keep(bytes);
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    for (int i = 0; i < ChunkTable.count(bytes.length); i++) {
      table.writeBytes(Digest.of(chunk(bytes, i)).raw());
    }
    return new FileEntry(
        name, Digest.of(bytes), bytes.length, Digest.of(keep(table.toByteArray())));
  }

  private byte[] keep(byte[] bytes) {
    artifacts.put(Digest.of(bytes), bytes);
    return bytes;
  }

  static byte[] model() throws IOException {
    try (InputStream in = Rehearsal.class.getResourceAsStream("rehearsal.onnx")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static byte[] noise() {
    byte[] noise = new byte[IGNORED_BYTES];
    new Random(1).nextBytes(noise);
    return noise;
  }

  /** The same model in a longer file. */
  static byte[] longer(byte[] model, byte[] ignored) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(model);
    varint(out, (IGNORED_FIELD << 3) | 2); // bytes (Protocol Buffers' encoding, "LEN")
    varint(out, ignored.length);
    out.writeBytes(ignored);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    for (; rest > 0x7F; rest >>>= 7) {
      out.write((rest & 0x7F) | 0x80);
    }
    out.write(rest);
  }

  private static byte[] golden() {
    return Safetensors.write(
        List.of(
            Tensor.of("in:x", new float[] {1, 2, 3, 4}, 1, 4),
            Tensor.of("out:y", new float[] {2, 4, 6, 8}, 1, 4)));
  }

  private static byte[] chunk(byte[] bytes, int index) {
    int from = (int) ChunkTable.offsetOf(index);
    return Arrays.copyOfRange(bytes, from, from + ChunkTable.lengthOf(index, bytes.length));
  }

  @Override
  public List<Said> greeting() {
    return List.of(new Said(Channel.DESIRED, desired));
  }

  @Override
  public List<Said> answer(Channel channel, byte[] payload) {
    return switch (channel) {
      case CHUNK_REQUEST -> chunks(ChunkRequest.parse(payload));
      case REPORTED -> {
        Reported report = Reported.parse(payload);
        yield acknowledged(channel, report.instance(), report.sequence());
      }
      case METRICS -> {
        MetricsReport report = MetricsReport.parse(payload);
        yield acknowledged(channel, report.instance(), report.sequence());
      }
      case STATE, DESIRED, CMD, CHUNK_RESPONSE, EVENT, BENCH -> List.of();
    };
  }

  private static List<Said> acknowledged(Channel channel, String instance, long sequence) {
    return List.of(new Said(Channel.CMD, new Ack(channel, instance, sequence).encode()));
  }

  private List<Said> chunks(ChunkRequest request) {
    byte[] bytes = artifacts.get(request.artifact());
    if (bytes == null) {
      return List.of(new Said(Channel.CHUNK_RESPONSE, ChunkResponse.missing(request.artifact())));
    }
    return request
        .missing()
        .first(request.window())
        .indices()
        .mapToObj(index -> whole(request.artifact(), index, chunk(bytes, index)))
        .flatMap(whole -> parts(request, whole))
        .map(message -> new Said(Channel.CHUNK_RESPONSE, message))
        .toList();
  }

  private static byte[] whole(Digest artifact, int index, byte[] bytes) {
    byte[] message = ChunkResponse.prepare(artifact, index, bytes.length);
    System.arraycopy(bytes, 0, message, ChunkResponse.HEADER_BYTES, bytes.length);
    return message;
  }

  private static Stream<byte[]> parts(ChunkRequest request, byte[] whole) {
    return request.part().map(part -> ChunkPart.cut(whole, part)).orElse(List.of(whole)).stream();
  }
}
