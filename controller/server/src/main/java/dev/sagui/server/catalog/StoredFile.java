/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import dev.sagui.manifest.FileEntry;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of a model whose bytes, and whose chunk table's bytes, are blobs.
 *
 * @param chunks digest of the binary chunk table
 */
public record StoredFile(String name, Digest digest, long sizeBytes, Digest chunks) {
  public FileEntry entry() {
    return new FileEntry(name, digest, sizeBytes, chunks);
  }

  /** As the REST API shows it: the blob of that digest. */
  Map<String, Object> shown() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("digest", digest.hex());
    map.put("size", sizeBytes);
    return map;
  }

  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("digest", digest.hex());
    map.put("size", sizeBytes);
    map.put("chunks", chunks.hex());
    return map;
  }

  public static StoredFile parse(Fields f) {
    return new StoredFile(
        f.string("name"),
        f.typed("digest", Digest::new),
        f.integer("size"),
        f.typed("chunks", Digest::new));
  }
}
