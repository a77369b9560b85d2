/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import dev.sagui.json.Fields;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a file of a release differs by from another file, which a device may have; see {@link
 * dev.sagui.difference.DifferenceReader}. It saves bytes on the wire and is trusted with nothing:
 * what is made of it is checked by the file's own chunk table.
 *
 * @param file digest of the release's file
 * @param base digest of the other file
 * @param digest of the difference, which is pulled like any artifact
 * @param sizeBytes of the difference
 * @param chunks digest of its chunk table
 */
public record Difference(Digest file, Digest base, Digest digest, long sizeBytes, Digest chunks) {
  public static Difference parse(Fields f) {
    return new Difference(
        f.typed("file", Digest::new),
        f.typed("base", Digest::new),
        f.typed("digest", Digest::new),
        f.integer("size"),
        f.typed("chunks", Digest::new));
  }

  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", file.hex());
    map.put("base", base.hex());
    map.put("digest", digest.hex());
    map.put("size", sizeBytes);
    map.put("chunks", chunks.hex());
    return map;
  }

  /** The smallest one that makes {@code file} of what is here. */
  public static Optional<Difference> find(
      List<Difference> all, Digest file, Predicate<Digest> isHere) {
    return all.stream()
        .filter(from -> from.file.equals(file) && isHere.test(from.base))
        .min(Comparator.comparingLong(Difference::sizeBytes));
  }
}
