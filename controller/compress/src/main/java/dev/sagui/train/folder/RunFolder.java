/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.keys.Keys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one run, held by one process. Each file in it is written beside its place and then
 * put there: a kill or a full disk at any moment leaves the last whole one.
 */
public final class RunFolder implements AutoCloseable {
  /** The recipe with all that was chosen written out: steps instead of minutes. */
  public static final String RECIPE = "recipe.yaml";

  /** What made it: versions, machine, seed, digests. */
  public static final String VERSIONS = "versions.json";

  /** What {@code --resume} goes on from. */
  public static final String CHECKPOINT = "checkpoint.safetensors";

  /** The best model so far. */
  public static final String BEST = "best.onnx";

  /** The result; there when the run is done. */
  public static final String MODEL = "model.onnx";

  /** What is known of the best model so far beside its score; there when something is. */
  public static final String FIGURES = "figures.json";

  /** A row a step. */
  public static final String CURVES = "curves.csv";

  /** The same as a picture. */
  public static final String PICTURE = "curves.png";

  /** What the model makes, at every score. */
  public static final String SAMPLES = "samples";

  static final String LOCK = ".lock";

  /** What a run that was killed before its first step may leave. */
  private static final Set<String> OURS =
      Set.of(LOCK, VERSIONS, VERSIONS + ".part", RECIPE + ".part");

  private final Path path;
  private final FileChannel lock;

  private RunFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes a new or empty folder.
   *
   * @throws RejectedException BAD_REQUEST when it holds a run or other files; STATE_FOLDER_IN_USE
   *     when another run is on it
   */
  public static RunFolder create(Path path) throws IOException {
    Files.createDirectories(path);
    RunFolder folder = locked(path);
    try {
      folder.requireEmpty();
      return folder;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Takes the folder of a run that was stopped.
   *
   * @throws RejectedException NOT_FOUND when there is none; STATE_FOLDER_IN_USE when another run is
   *     on it
   */
  public static RunFolder resume(Path path) throws IOException {
    if (!Files.exists(path.resolve(RECIPE))) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "expected a run to go on with in %s, found none; leave --resume out to begin one"
              .formatted(path));
    }
    return locked(path);
  }

  private static RunFolder locked(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held == null) {
        throw inUse(path, channel);
      }
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
      return new RunFolder(path, channel);
    } catch (OverlappingFileLockException e) {
      RejectedException refused = inUse(path, channel);
      channel.close();
      throw refused;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static RejectedException inUse(Path path, FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    channel.read(pid, 0);
    return new RejectedException(
        FailureCode.STATE_FOLDER_IN_USE,
        "expected %s free for this run, but process %s runs there; wait for it, or give another --out"
            .formatted(path, new String(pid.array(), 0, pid.position(), StandardCharsets.UTF_8)));
  }

  private void requireEmpty() throws IOException {
    if (Files.exists(path.resolve(RECIPE))) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "%s holds a run already; go on with it by --resume, or give another --out"
              .formatted(path));
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<String> others =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !OURS.contains(name))
              .sorted()
              .toList();
      if (!others.isEmpty()) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "%s holds other files, such as '%s'; give a new or empty folder as --out"
                .formatted(path, others.get(0)));
      }
    }
  }

  public Path path() {
    return path;
  }

  /** A file or folder in it. */
  public Path at(String name) {
    return path.resolve(name);
  }

  /** Whether there is something to go on from. */
  public boolean hasCheckpoint() {
    return Files.exists(at(CHECKPOINT));
  }

  /**
   * What the run depends on beside its recipe: {@code threads}, {@code digests} and others.
   *
   * @throws RejectedException NOT_JSON when the file was changed
   */
  public Fields facts() throws IOException {
    return Fields.parse(Files.readAllBytes(at(VERSIONS)));
  }

  /** Under "figures" what is known of the best model so far, by name with the unit. */
  Map<String, Object> figures() throws IOException {
    return Files.exists(at(FIGURES))
        ? Map.of("figures", Fields.parse(Files.readAllBytes(at(FIGURES))).values())
        : Map.of();
  }

  /** Replaces one of the files. */
  void put(String name, byte[] bytes) throws IOException {
    Path part = at(name + ".part");
    try {
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(
          part, at(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  void put(String name, Map<String, Object> json) throws IOException {
    put(name, Json.pretty(json));
  }

  void putRecipe(Map<String, Object> recipe) throws IOException {
    put(RECIPE, new Keys(RECIPE, recipe).yaml().getBytes(StandardCharsets.UTF_8));
  }

  /** Where the best of one of the models lies until the run is done. */
  Path best(String name, Map<String, ?> models) {
    boolean first = models.keySet().iterator().next().equals(name);
    return at(first ? BEST : "best-%s.onnx".formatted(name));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
