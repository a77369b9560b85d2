/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a file of a release differs by from another file, which a device may have; see {@link
 * dev.sagui.difference.DifferenceReader}. It saves bytes on the wire and is trusted with nothing:
 * what is made of it is checked by the file's own chunk table.
 *
 * @param base digest of the other file
 * @param digest of the difference, which is pulled like any artifact
 * @param sizeBytes of the difference
 * @param chunks digest of its chunk table
 */
public record Difference(Digest base, Digest digest, long sizeBytes, Digest chunks) {
  static Difference parse(Fields f) {
    return new Difference(
        f.typed("base", Digest::new),
        f.typed("digest", Digest::new),
        f.integer("size"),
        f.typed("chunks", Digest::new));
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("base", base.hex());
    map.put("digest", digest.hex());
    map.put("size", sizeBytes);
    map.put("chunks", chunks.hex());
    return map;
  }

  /** As a file that is fetched. */
  public FileEntry entry() {
    return new FileEntry("difference", digest, sizeBytes, chunks);
  }
}
