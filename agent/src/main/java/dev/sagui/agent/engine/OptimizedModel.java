/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small model as ONNX Runtime optimised it when it was first loaded, beside the model and gone
 * with it: later starts skip the optimisation, a tenth of a start. It depends on the runtime and
 * the CPU, so both are in its name.
 */
final class OptimizedModel {
  private static final System.Logger LOG = System.getLogger("sagui.engine");
  private static final long MAX_MODEL_BYTES = 16 << 20; // it takes as much flash again
  private static final Path CPU = Path.of("/proc/cpuinfo");

  private final Path model;
  private final Path file;
  private final Path part;

  /**
   * @param runtime version of ONNX Runtime
   */
  OptimizedModel(Path model, String runtime) {
    String name = "%s.%s-%s.optimized".formatted(model.getFileName(), runtime, cpu());
    this.model = model;
    this.file = model.resolveSibling(name);
    this.part = model.resolveSibling(name + ".part");
  }

  /** What the kernel says the CPU can do, as a few letters. */
  private static String cpu() {
    try (Stream<String> lines = Files.lines(CPU)) {
      String can =
          lines
              .filter(l -> l.startsWith("flags") || l.startsWith("Features"))
              .findFirst()
              .orElse("");
      return Integer.toHexString(can.hashCode());
    } catch (IOException e) {
      return "unknown";
    }
  }

  boolean isHere() {
    return Files.exists(file);
  }

  Path file() {
    return file;
  }

  /** Where ONNX Runtime may write it. */
  Path part() {
    return part;
  }

  /** Whether it is worth its flash: small, and all of the model in one file. */
  boolean isWanted() throws IOException {
    try (Stream<Path> files = Files.list(model.getParent())) {
      List<Path> all =
          files.filter(path -> !path.getFileName().toString().contains(".optimized")).toList();
      return all.equals(List.of(model)) && Files.size(model) <= MAX_MODEL_BYTES;
    }
  }

  /** Gives what was written its name; from then on it is complete. */
  void keep() throws IOException {
    try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** It does not load: the model itself does. */
  void discard(String reason) {
    LOG.log(Level.WARNING, "optimized=discarded file={0} reason=\"{1}\"", file, reason);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "optimized=kept file={0} reason=\"{1}\"", file, e.getMessage());
    }
  }
}
