/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.GraphCheck;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes every model of a corpus through all that needs no runtime; a process of its own, so that
 * its heap can be small. Says on standard output what went wrong, then how many models it took.
 */
public final class FuzzRun {
  /** Mutations that take long, made of the first sources alone. */
  private static final String LONG = "many empty nodes";

  private int models;
  private int refused;

  private FuzzRun() {}

  /**
   * @param args the seed, the number of sources out of ONNX's tests, a folder to work in, and files
   *     that are sources too
   */
  public static void main(String[] args) throws IOException {
    List<Path> sources = FuzzCorpus.sources(Integer.parseInt(args[1]));
    Stream.of(args).skip(3).map(Path::of).forEach(sources::add);
    FuzzRun run = new FuzzRun();
    for (int i = 0; i < sources.size(); i++) {
      for (String mutation : FuzzCorpus.mutations()) {
        if (i < 2 || !mutation.contains(LONG)) {
          run.one(sources.get(i), mutation, Long.parseLong(args[0]) + i, Path.of(args[2]));
        }
      }
    }
    System.out.printf("%d models, %d refused%n", run.models, run.refused);
  }

  private void one(Path source, String mutation, long seed, Path folder) throws IOException {
    models++;
    Path in = Files.createDirectory(folder.resolve("in"));
    Path out = Files.createDirectory(folder.resolve("out"));
    long start = System.nanoTime();
    try {
      through(FuzzCorpus.write(source, mutation, seed, in), out);
    } catch (RejectedException e) {
      refused++;
      String message = String.valueOf(e.getMessage());
      if (message.isBlank() || message.chars().anyMatch(c -> c < ' ')) {
        System.out.printf("%s: %s: no sentence: %s%n", source, mutation, message);
      }
    } catch (Throwable e) {
      System.out.printf("%s: %s: %s%n", source, mutation, e);
      e.printStackTrace(System.out);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (seconds > 10) {
      System.out.printf("%s: %s: took %.1f s%n", source, mutation, seconds);
    }
    delete(in);
    delete(out);
  }

  private static void through(Path file, Path out) throws IOException {
    OnnxModel model = OnnxModel.open(file);
    model.facts();
    GraphCheck.faults(model.proto());
    model.nonZero();
    ModelProto rebuilt = model.proto().toBuilder().setGraph(new Graph(model).build()).build();
    ModelWriter.write(model.with(rebuilt), out, Progress.NONE);
    OnnxModel.open(out).facts();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
