/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.agent.update.Use;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a release needs of a store, and what must go for it: the least useful first, and never what
 * serves or would serve again. Decides only.
 *
 * @param quotaBytes of all artifacts; 0 is no limit beyond the disk
 */
public record Space(Inventory store, long quotaBytes) {
  /** Left free for the journal and what the file system itself needs. */
  static final long RESERVE_BYTES = 1 << 20;

  /** Bytes by artifact that the release consists of, or is made of here. */
  private Map<String, Long> sizes(Manifest manifest, List<Difference> differences) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (FileEntry file : manifest.flashFiles()) {
      put(file, sizes);
      Difference.find(differences, file.digest(), this::isHere)
          .ifPresent(from -> put(FileEntry.of(from), sizes));
    }
    return sizes;
  }

  private static void put(FileEntry file, Map<String, Long> sizes) {
    sizes.put(file.digest().hex(), file.sizeBytes());
    sizes.put(file.chunks().hex(), ChunkTable.tableBytes(file.sizeBytes()));
  }

  private boolean isHere(Digest artifact) {
    return store.items().stream().anyMatch(item -> item.name().equals(artifact.hex()));
  }

  /**
   * What to delete, in this order, before the release is fetched.
   *
   * @param differences that may be fetched for it
   * @throws RejectedException OVER_STORE_QUOTA when it never fits beside what is kept
   * @throws IOException when it does not fit now: the disk is full, or others are on their way
   */
  public List<Inventory.Item> toFree(Manifest manifest, List<Difference> differences)
      throws IOException {
    Map<String, Long> left = sizes(manifest, differences);
    long fresh = left.values().stream().mapToLong(Long::longValue).sum();
    for (Inventory.Item item : store.items()) {
      long here = Math.min(item.bytes(), left.getOrDefault(item.name(), 0L));
      left.merge(item.name(), -here, Long::sum);
      fresh -= item.use().isKept() ? here : 0;
    }
    long needed = left.values().stream().mapToLong(bytes -> Math.max(0, bytes)).sum();
    checkQuota(manifest, fresh);
    long over = quotaBytes == 0 ? 0 : store.bytes() + needed - quotaBytes;
    return choose(
        Math.max(over, needed + RESERVE_BYTES - store.freeBytes()), sizes(manifest, differences));
  }

  private void checkQuota(Manifest manifest, long fresh) {
    long kept = store.bytes(Use.CURRENT) + store.bytes(Use.PREVIOUS);
    if (quotaBytes > 0 && kept + fresh > quotaBytes) {
      throw new RejectedException(
          FailureCode.OVER_STORE_QUOTA,
          "release %d of '%s' needs %d bytes beside %d that are kept, the quota is %d; raise sagui.store.quota or release a smaller variant"
              .formatted(manifest.sequence(), manifest.model(), fresh, kept, quotaBytes));
    }
  }

  private List<Inventory.Item> choose(long bytes, Map<String, Long> own) throws IOException {
    List<Inventory.Item> candidates =
        store.items().stream()
            .filter(item -> item.use() == Use.UNNEEDED || item.use() == Use.REFUSED)
            .filter(item -> !own.containsKey(item.name()))
            .sorted(
                Comparator.comparing(Inventory.Item::use)
                    .thenComparing(Comparator.comparingLong(Inventory.Item::bytes).reversed()))
            .toList();
    List<Inventory.Item> chosen = new ArrayList<>();
    long left = bytes;
    for (Inventory.Item item : candidates) {
      if (left <= 0) {
        break;
      }
      chosen.add(item);
      left -= item.bytes();
    }
    if (left > 0) {
      throw new IOException("it lacks %d bytes for the release".formatted(left));
    }
    return chosen;
  }
}
