/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * By which files of a release may be made of those of earlier ones, as far as they are made.
 *
 * @param progress of the pairs of files that are compared, 0 to 1
 */
public record DifferenceSet(State state, double progress, List<Difference> found) {
  /** Of one file: the newest bases are likely ones, and a device needs one. */
  private static final int MAX_OF_A_FILE = 2;

  /** Nothing is made for the release. */
  public static final DifferenceSet NONE = new DifferenceSet(State.MADE, 1, List.of());

  /** Nothing is made yet. */
  public static final DifferenceSet ORDERED = new DifferenceSet(State.MAKING, 0, List.of());

  /** How far a release's differences are. */
  public enum State {
    MAKING,
    /** All that there will be, perhaps none. */
    MADE,
    /** Those that were made before it failed are all that there will be. */
    FAILED
  }

  public DifferenceSet {
    found = List.copyOf(found);
  }

  /** After so many of the pairs. */
  public DifferenceSet at(double share) {
    return new DifferenceSet(state, share, found);
  }

  public DifferenceSet with(Difference more) {
    return new DifferenceSet(
        state, progress, Stream.concat(found.stream(), Stream.of(more)).toList());
  }

  /** As it ends. */
  public DifferenceSet ended(State end) {
    return new DifferenceSet(end, end == State.MADE ? 1 : progress, found);
  }

  /** Whether one that makes {@code file} of {@code base} would be one more, and not too many. */
  public boolean lacks(Digest file, Digest base) {
    List<Difference> own = found.stream().filter(one -> one.file().equals(file)).toList();
    return found.size() < FetchTerms.MAX_DIFFERENCES
        && own.size() < MAX_OF_A_FILE
        && own.stream().noneMatch(one -> one.base().equals(base));
  }

  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("state", state.name().toLowerCase(Locale.ROOT));
    map.put("progress", progress);
    map.put("found", found.stream().map(Difference::json).toList());
    return map;
  }
}
