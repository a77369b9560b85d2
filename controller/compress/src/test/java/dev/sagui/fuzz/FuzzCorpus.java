/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.OnnxTestdata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Broken models, each made from a sound one by one named mutation; the same seed gives the same
 * models.
 */
public final class FuzzCorpus {
  private static final int MAX_SOURCE_BYTES = 3 << 20;

  /** Changes a model's message. */
  interface GraphMutation {
    ModelProto of(ModelProto model, Random random);
  }

  /** Changes a model's bytes. */
  interface ByteMutation {
    byte[] of(byte[] model, Random random);
  }

  private static final Map<String, GraphMutation> GRAPH = new TreeMap<>();
  private static final Map<String, ByteMutation> BYTES = new TreeMap<>();

  static {
    GRAPH.putAll(GraphMutations.ALL);
    GRAPH.putAll(TensorMutations.ALL);
    BYTES.putAll(ByteMutations.ALL);
  }

  private FuzzCorpus() {}

  /** The names of all mutations. */
  public static List<String> mutations() {
    List<String> names = new ArrayList<>(GRAPH.keySet());
    names.addAll(BYTES.keySet());
    return names;
  }

  /** The demo's models, and of ONNX's tests {@code count} spread over all of them. */
  public static List<Path> sources(int count) throws IOException {
    List<Path> sources = new ArrayList<>();
    List.of(DemoModels.VAE_DECODER, DemoModels.VAE_ENCODER, DemoModels.DCGAN, DemoModels.ESRGAN)
        .forEach(sources::add);
    List<Path> tests = OnnxTestdata.models();
    for (int i = 0; i < count; i++) {
      sources.add(tests.get((int) ((long) i * tests.size() / count)));
    }
    sources.removeIf(source -> source.toFile().length() > MAX_SOURCE_BYTES);
    return sources;
  }

  /** The bytes of {@code source} after a mutation. */
  public static byte[] broken(Path source, String mutation, long seed) throws IOException {
    Random random = new Random(seed * 31 + mutation.hashCode());
    byte[] bytes = Files.readAllBytes(source);
    ByteMutation change = BYTES.get(mutation);
    return change != null
        ? change.of(bytes, random)
        : GRAPH.get(mutation).of(ModelProto.parseFrom(bytes), random).toByteArray();
  }

  /**
   * Writes such a model as {@code model.onnx} into an empty folder, beside the files that the
   * mutations of external data name.
   */
  public static Path write(Path source, String mutation, long seed, Path folder)
      throws IOException {
    Files.write(folder.resolve("short.bin"), new byte[64]);
    Files.createSymbolicLink(folder.resolve("loop.bin"), Path.of("loop.bin"));
    return Files.write(folder.resolve("model.onnx"), broken(source, mutation, seed));
  }
}
