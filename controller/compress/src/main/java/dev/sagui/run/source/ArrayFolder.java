/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder with one {@code NAME.npy} for each array, or one such file. */
final class ArrayFolder implements NamedArrays {
  private static final String ENDING = ".npy";

  private final Path path;
  private final Map<String, Path> files = new TreeMap<>();

  ArrayFolder(Path path) {
    this.path = path;
    if (!Files.exists(path)) {
      throw BadData.missing("a folder of .npy files", path);
    }
    if (Files.isDirectory(path)) {
      try (Stream<Path> entries = Files.list(path)) {
        entries.filter(Files::isRegularFile).forEach(this::add);
      } catch (IOException e) {
        throw BadData.unreadable(path, "a folder of .npy files", e);
      }
    } else {
      add(path);
    }
    if (files.isEmpty()) {
      throw BadData.of(
          "expected NAME.npy for each input in %s, found no .npy file".formatted(path));
    }
  }

  private void add(Path file) {
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(ENDING)) {
      files.put(name.substring(0, name.length() - ENDING.length()), file);
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Set<String> names() {
    return files.keySet();
  }

  @Override
  public InputStream open(String name) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file(name)), 1 << 16);
  }

  @Override
  public OptionalLong bytes(String name) throws IOException {
    return OptionalLong.of(Files.size(file(name)));
  }

  private Path file(String name) {
    return java.util.Objects.requireNonNull(files.get(name));
  }

  @Override
  public void close() {}
}
