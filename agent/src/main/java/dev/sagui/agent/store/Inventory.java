/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.agent.update.Use;
import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What lies in a store, and what each of it is good for.
 *
 * @param freeBytes that the disk has left
 */
public record Inventory(List<Item> items, long freeBytes) {
  /** A complete artifact, or one that is unfinished. */
  public record Item(Path file, long bytes, Use use) {
    /** Hexadecimal digest of the artifact. */
    String name() {
      return artifact(file);
    }
  }

  public Inventory {
    items = List.copyOf(items);
  }

  /**
   * Reads the folders of a store and changes nothing; what goes meanwhile is left out.
   *
   * @param uses of artifacts; the others are not needed
   */
  public static Inventory read(Path home, Map<Digest, Use> uses) throws IOException {
    Path blobs = ArtifactStore.blobs(home);
    Map<String, Use> byName = new HashMap<>();
    uses.forEach((artifact, use) -> byName.put(artifact.hex(), use));
    List<Item> items = new ArrayList<>();
    for (Path folder : List.of(blobs, ArtifactStore.parts(home))) {
      for (Path file : children(folder)) {
        add(file, byName, items);
      }
    }
    return new Inventory(
        items, Files.exists(blobs) ? Files.getFileStore(blobs).getUsableSpace() : 0);
  }

  private static void add(Path file, Map<String, Use> uses, List<Item> items) throws IOException {
    try {
      Use use = uses.getOrDefault(artifact(file), Use.UNNEEDED);
      items.add(new Item(file, Files.size(file), use));
    } catch (NoSuchFileException e) {
      // it has just got its final name, or was collected
    }
  }

  private static String artifact(Path file) {
    return file.getFileName().toString().replace(".part", "");
  }

  private static List<Path> children(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  public long bytes() {
    return items.stream().mapToLong(Item::bytes).sum();
  }

  public long bytes(Use use) {
    return items.stream().filter(item -> item.use == use).mapToLong(Item::bytes).sum();
  }
}
