/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Unpacks ONNX Runtime's native library once: left to itself it writes 28 MB into the temp folder
 * at every start.
 */
final class NativeLibrary {
  private static final List<String> FILES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

  private NativeLibrary() {}

  /**
   * Unpacks into {@code folder/VERSION-PLATFORM} unless that is there, and points the runtime to
   * it. Must be called before any class of ONNX Runtime is loaded.
   *
   * @param version of the library, so that an update unpacks anew
   */
  static void prepare(Path folder, String version) {
    String platform =
        System.getProperty("os.arch").equals("aarch64") ? "linux-aarch64" : "linux-x64";
    Path target = folder.resolve(version + "-" + platform);
    try {
      if (!Files.isDirectory(target)) {
        unpack(platform, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack ONNX Runtime into " + target, e);
    }
    System.setProperty("onnxruntime.native.path", target.toString());
  }

  private static void unpack(String platform, Path target) throws IOException {
    Path parent = Files.createDirectories(target.toAbsolutePath().getParent());
    Path part = Files.createTempDirectory(parent, "part-");
    for (String file : FILES) {
      try (InputStream in =
          NativeLibrary.class.getResourceAsStream(
              "/ai/onnxruntime/native/" + platform + "/" + file)) {
        if (in == null) {
          throw new IOException("this jar holds no ONNX Runtime for " + platform);
        }
        Files.copy(in, part.resolve(file));
      }
      try (FileChannel written = FileChannel.open(part.resolve(file), StandardOpenOption.WRITE)) {
        written.force(true); // a file under its final name is complete
      }
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
