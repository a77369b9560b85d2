/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * One file of a release.
 *
 * @param name plain file name, no folders
 * @param chunks digest of the file's chunk table
 * @param differences from other files, each another way to get this one
 */
public record FileEntry(
    String name, Digest digest, long sizeBytes, Digest chunks, List<Difference> differences) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public FileEntry {
    differences = List.copyOf(differences);
    if (!PLAIN.matcher(name).matches() || sizeBytes <= 0) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "a release's file must have a plain name and a size above 0, found '%s' with %d bytes"
              .formatted(name, sizeBytes));
    }
  }

  public FileEntry(String name, Digest digest, long sizeBytes, Digest chunks) {
    this(name, digest, sizeBytes, chunks, List.of());
  }

  /** The same file, with these differences. */
  public FileEntry with(List<Difference> found) {
    return new FileEntry(name, digest, sizeBytes, chunks, found);
  }

  /** The smallest difference whose base is here. */
  public Optional<Difference> difference(Predicate<Digest> isHere) {
    return differences.stream()
        .filter(from -> isHere.test(from.base()))
        .min(Comparator.comparingLong(Difference::sizeBytes));
  }

  static FileEntry parse(Fields f) {
    return new FileEntry(
        f.string("name"),
        f.typed("digest", Digest::new),
        f.integer("size"),
        f.typed("chunks", Digest::new),
        f.objects("differences", Difference::parse));
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("algorithm", "sha256");
    map.put("digest", digest.hex());
    map.put("size", sizeBytes);
    map.put("chunks", chunks.hex());
    if (!differences.isEmpty()) {
      map.put("differences", differences.stream().map(Difference::json).toList());
    }
    return map;
  }
}
