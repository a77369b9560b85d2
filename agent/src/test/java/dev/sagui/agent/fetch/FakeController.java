/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.Artifact;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.difference.DifferenceWriter;
import dev.sagui.entropy.ChunkEncoder;
import dev.sagui.entropy.Coding;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/** Signs releases and serves their chunks from memory; can be told to code and to corrupt some. */
public final class FakeController {
  public static final ArtifactName PROFILE = new ArtifactName("fake-board");

  /** What a controller is to those who fetch: a source that is never left. */
  public static final ChunkSource SOURCE =
      new ChunkSource() {
        @Override
        public boolean ask(ChunkRequest request) {
          return true;
        }

        @Override
        public int window() {
          return ChunkRequest.MAX_WINDOW;
        }

        @Override
        public boolean isLeft(String why) {
          return false;
        }
      };

  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final Map<Digest, Artifact> artifacts = new HashMap<>();
  private final List<ChunkRequest> heard = new ArrayList<>();
  private final ChunkEncoder encoder = new ChunkEncoder();
  private boolean codes;
  private boolean old;
  private BiPredicate<Digest, Integer> corrupt = (artifact, index) -> false;

  /** A signed release, and by what it may be made of others. */
  public record Release(Manifest manifest, Artifact signed, List<Difference> differences) {
    /** The same release, with one more. */
    public Release with(Difference difference) {
      return new Release(manifest, signed, List.of(difference));
    }

    /** As a device remembers it. */
    public SlotRecord.Target target() {
      FetchTerms terms = FetchTerms.NONE.with(differences);
      return new SlotRecord.Target(digest(), signed.bytes().length, terms);
    }

    public Digest digest() {
      return signed.digest();
    }

    public FileEntry file() {
      return manifest.files().get(0);
    }
  }

  public SigningKey key() {
    return key;
  }

  /** Everything that was asked for, in order. */
  public List<ChunkRequest> heard() {
    return heard;
  }

  /** From now on, flips a bit of each chunk that {@code which} names. */
  public void corrupt(BiPredicate<Digest, Integer> which) {
    corrupt = which;
  }

  /** From now on, codes chunks for those who read that. */
  public void code() {
    codes = true;
  }

  /** From now on, knows nothing of parts. */
  public void growOld() {
    old = true;
  }

  /** All that it serves. */
  public List<Artifact> artifacts() {
    return List.copyOf(artifacts.values());
  }

  public void forget(Digest artifact) {
    artifacts.remove(artifact);
  }

  /** Signs a release of {@code model} with one file, for {@link #PROFILE}. */
  public Release release(String model, long sequence, Artifact file) {
    return release(model, sequence, file, golden(2), PROFILE);
  }

  public Release release(
      String model, long sequence, Artifact file, Artifact golden, ArtifactName profile) {
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(-1L, 2L));
    TensorInfo y = new TensorInfo("y", DataType.FP32, List.of(-1L, 2L));
    Manifest manifest =
        new Manifest(
            new ArtifactName(model),
            new ArtifactName("v" + sequence),
            sequence,
            Instant.parse("2026-01-02T03:04:05Z"),
            List.of(profile),
            List.of(entry("model.onnx", file)),
            "model.onnx",
            List.of(x),
            List.of(y),
            entry("golden.safetensors", golden),
            1e-6,
            new Manifest.Limits(Double.POSITIVE_INFINITY, 1 << 20),
            Map.of());
    return signed(manifest);
  }

  /** Golden outputs that are {@code factor} times the inputs. */
  public static Artifact golden(float factor) {
    return new Artifact(
        Safetensors.write(
            List.of(
                Tensor.of("in:x", new float[] {1, -3}, 1, 2),
                Tensor.of("out:y", new float[] {factor, -3 * factor}, 1, 2))));
  }

  /** As {@link #release(String, long, Artifact)}, with what the file differs by from another. */
  public Release release(String model, long sequence, Artifact file, Artifact base) {
    return release(model, sequence, file).with(difference(base, file));
  }

  /** Signs a manifest, and serves it. */
  public Release signed(Manifest manifest) {
    return new Release(manifest, keep(new Artifact(key.sign(manifest))), List.of());
  }

  /** What {@code file} differs by from {@code base}; served too. */
  public Difference difference(Artifact base, Artifact file) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new DifferenceWriter(base, file).write(out);
      FileEntry made = entry("difference", new Artifact(out.toByteArray()));
      return new Difference(
          file.digest(), base.digest(), made.digest(), made.sizeBytes(), made.chunks());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FileEntry entry(String name, Artifact file) {
    keep(file);
    return new FileEntry(
        name, file.digest(), file.bytes().length, keep(file.tableBytes()).digest());
  }

  /** Serves {@code artifact} too. */
  public Artifact keep(Artifact artifact) {
    artifacts.put(artifact.digest(), artifact);
    return artifact;
  }

  /** A signed desired state. */
  public byte[] desired(DeviceId device, long sequence, Map<String, Release> releases) {
    return desired(device, sequence, releases, Optional.empty());
  }

  /** A signed desired state that asks for attestations. */
  public byte[] desired(
      DeviceId device, long sequence, Map<String, Release> releases, Optional<Nonce> nonce) {
    return desired(device, sequence, releases, nonce, FetchTerms.NONE);
  }

  /** A signed desired state on terms. */
  public byte[] desired(
      DeviceId device,
      long sequence,
      Map<String, Release> releases,
      Optional<Nonce> nonce,
      FetchTerms terms) {
    List<DesiredState.Slot> slots = new ArrayList<>();
    releases.forEach(
        (model, release) ->
            slots.add(
                new DesiredState.Slot(
                    new ArtifactName(model),
                    release.digest(),
                    release.signed().bytes().length,
                    terms.with(release.differences()))));
    return key.sign(new DesiredState(device, sequence, slots, nonce));
  }

  /** The messages that the controller answers {@code request} with. */
  public List<byte[]> answer(ChunkRequest request) {
    heard.add(request);
    Artifact artifact = artifacts.get(request.artifact());
    if (artifact == null) {
      return List.of(ChunkResponse.missing(request.artifact()));
    }
    return request
        .missing()
        .first(request.window())
        .indices()
        .mapToObj(index -> chunk(request, index, artifact.chunk(index)))
        .flatMap(whole -> asWanted(request, whole))
        .toList();
  }

  private Stream<byte[]> asWanted(ChunkRequest request, byte[] whole) {
    return request
        .part()
        .filter(any -> !old)
        .map(part -> ChunkPart.cut(whole, part))
        .orElse(List.of(whole))
        .stream();
  }

  private byte[] chunk(ChunkRequest request, int index, byte[] bytes) {
    Digest artifact = request.artifact();
    byte[] message =
        Optional.of(bytes)
            .filter(any -> codes && request.reads() != Coding.NONE)
            .flatMap(any -> encoder.shorter(any, any.length))
            .map(coded -> ChunkResponse.coded(artifact, index, coded))
            .orElseGet(() -> message(artifact, index, bytes));
    if (corrupt.test(artifact, index)) {
      message[message.length - 1] ^= 1;
    }
    return message;
  }

  /** One chunk's message, whatever its bytes. */
  public static byte[] message(Digest artifact, int index, byte[] bytes) {
    byte[] message = ChunkResponse.prepare(artifact, index, bytes.length);
    System.arraycopy(bytes, 0, message, ChunkResponse.HEADER_BYTES, bytes.length);
    return message;
  }
}
