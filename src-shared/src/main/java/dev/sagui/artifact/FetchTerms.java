/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * On which terms a device may fetch a release.
 *
 * @param maxBytes payload bytes that may come for it, all attempts and restarts together; no limit
 *     if empty
 */
public record FetchTerms(OptionalLong maxBytes) {
  public static final FetchTerms NONE = new FetchTerms(OptionalLong.empty());

  public FetchTerms {
    if (maxBytes.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "max_bytes must be 1 or more, found " + maxBytes.getAsLong());
    }
  }

  /** Reads the keys of an object that has others too. */
  public static FetchTerms parse(Fields f) {
    return f.has("max_bytes")
        ? new FetchTerms(OptionalLong.of(f.integer("max_bytes")))
        : FetchTerms.NONE;
  }

  /** The keys that are not as usual. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    maxBytes.ifPresent(bytes -> map.put("max_bytes", bytes));
    return map;
  }
}
