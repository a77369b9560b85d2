/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.MappingClasses;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.update.AgentRecord;
import dev.sagui.agent.update.Effort;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A start of the agent on a tiny model in a temporary folder, from the journal to an answer, for
 * the JVM to record which classes a start needs: with {@code -XX:ArchiveClassesAtExit} it makes the
 * archive that later starts map instead of loading.
 */
final class Rehearsal {
  private static final ArtifactName MODEL = new ArtifactName("rehearsal");
  private static final ArtifactName PROFILE = new ArtifactName("raspberry-pi-5");
  private static final int WAIT_STEPS = 500;

  private Rehearsal() {}

  /**
   * With the path of the agent's jar: puts into it what each start would make, so that a rehearsal
   * after that finds it there.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0) {
      MappingClasses.addTo(Path.of(args[0]));
      return;
    }
    Path home = Files.createTempDirectory("sagui-rehearsal-");
    prepare(home);
    System.setProperty("sagui.home", home.toString());
    System.setProperty("sagui.device", "rehearsal");
    System.setProperty("sagui.profile", PROFILE.value());
    System.setProperty("sagui.serve.port", "0");
    System.setProperty("sagui.mqtt.url", "tcp://127.0.0.1:1"); // nobody is there
    Thread agent = new Thread(() -> Main.main(args), "agent");
    agent.setDaemon(true);
    agent.start();
    try {
      ask(home.resolve("agent.json"));
    } finally {
      delete(home);
    }
    System.exit(0);
  }

  private static void delete(Path home) throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void prepare(Path home) throws IOException {
    SigningKey key = new SigningKey(SigningKey.generate());
    Files.writeString(home.resolve("trust.pub"), key.trusted().pem());
    ArtifactStore store = new ArtifactStore(home);
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(-1L, 4L));
    TensorInfo y = new TensorInfo("y", DataType.FP32, List.of(-1L, 4L));
    Manifest manifest =
        new Manifest(
            MODEL,
            new ArtifactName("fp32"),
            1,
            Instant.EPOCH,
            List.of(PROFILE),
            List.of(keep(store, "model.onnx", model())),
            "model.onnx",
            List.of(x),
            List.of(y),
            keep(store, "golden.safetensors", golden()),
            1e-3,
            new Manifest.Limits(Double.POSITIVE_INFINITY, 1 << 20),
            Map.of());
    byte[] signed = key.sign(manifest);
    store.put(Digest.of(signed), signed);
    Reported.Running running =
        new Reported.Running(
            Digest.of(signed), manifest.variant(), manifest.sequence(), manifest.flashBytes());
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

  private static byte[] model() throws IOException {
    try (InputStream in = Rehearsal.class.getResourceAsStream("rehearsal.onnx")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static byte[] golden() {
    return Safetensors.write(
        List.of(
            Tensor.of("in:x", new float[] {1, 2, 3, 4}, 1, 4),
            Tensor.of("out:y", new float[] {2, 4, 6, 8}, 1, 4)));
  }

  /** Keeps a file of less than one chunk: its table is its own digest. */
  private static FileEntry keep(ArtifactStore store, String name, byte[] bytes) throws IOException {
    Digest digest = Digest.of(bytes);
    store.put(digest, bytes);
    store.put(Digest.of(digest.raw()), digest.raw());
    return new FileEntry(name, digest, bytes.length, Digest.of(digest.raw()));
  }

  private static void ask(Path ready) throws IOException, InterruptedException {
    for (int i = 0; i < WAIT_STEPS && !Files.exists(ready); i++) {
      Thread.sleep(20);
    }
    URI server = URI.create(Fields.parse(Files.readAllBytes(ready)).string("serve_url"));
    String request =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";
    for (int i = 0; i < 3; i++) {
      post(server.resolve("/v2/models/rehearsal/infer"), request);
    }
    try (InputStream in = server.resolve("/metrics").toURL().openStream()) {
      in.readAllBytes();
    }
  }

  private static void post(URI url, String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setDoOutput(true);
    connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("the rehearsal's request was answered " + connection.getResponseCode());
    }
    connection.getInputStream().readAllBytes();
  }
}
