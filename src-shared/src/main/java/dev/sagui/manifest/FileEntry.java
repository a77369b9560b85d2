/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One file of a release.
 *
 * @param name plain file name, no folders
 * @param chunks digest of the file's chunk table
 */
public record FileEntry(String name, Digest digest, long sizeBytes, Digest chunks) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public FileEntry {
    if (!PLAIN.matcher(name).matches() || sizeBytes <= 0) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "a release's file must have a plain name and a size above 0, found '%s' with %d bytes"
              .formatted(name, sizeBytes));
    }
  }

  /** A difference, as a file that is fetched. */
  public static FileEntry of(Difference difference) {
    return new FileEntry(
        "difference", difference.digest(), difference.sizeBytes(), difference.chunks());
  }

  static FileEntry parse(Fields f) {
    return new FileEntry(
        f.string("name"),
        f.typed("digest", Digest::new),
        f.integer("size"),
        f.typed("chunks", Digest::new));
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("algorithm", "sha256");
    map.put("digest", digest.hex());
    map.put("size", sizeBytes);
    map.put("chunks", chunks.hex());
    return map;
  }
}
