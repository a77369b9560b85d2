/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import dev.sagui.json.Fields;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * On which terms a device may fetch a release.
 *
 * @param maxBytes payload bytes that may come for it, all attempts and restarts together; no limit
 *     if empty
 * @param turn how long after a device was told it may begin, in whole seconds
 * @param from web servers to ask before others, in this order; a device asks those alone that it
 *     allows
 * @param tables likewise, asked after those
 * @param differences by which files of the release may be made of others
 */
public record FetchTerms(
    OptionalLong maxBytes,
    Duration turn,
    List<BlobAddress> from,
    List<BlobTable> tables,
    List<Difference> differences) {
  /** Longest that a device may have to wait for its turn. */
  public static final Duration LONGEST_TURN = Duration.ofDays(7);

  /** Most web servers, of each kind. */
  public static final int MAX_FROM = 4;

  /** Most characters of their addresses together: a desired state has many models. */
  public static final int MAX_FROM_CHARACTERS = 4_000;

  /** Most characters of the addresses in tables together: pre-signed ones are long. */
  public static final int MAX_TABLE_CHARACTERS = 16_000;

  /** Most differences, as many as leave room for other models. */
  public static final int MAX_DIFFERENCES = 8;

  public static final FetchTerms NONE = new FetchTerms(OptionalLong.empty(), List.of());

  public FetchTerms {
    from = List.copyOf(from);
    tables = List.copyOf(tables);
    differences = List.copyOf(differences);
    if (differences.size() > MAX_DIFFERENCES) {
      throw new IllegalArgumentException(
          "differences must be %d at most, found %d"
              .formatted(MAX_DIFFERENCES, differences.size()));
    }
    if (maxBytes.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "max_bytes must be 1 or more, found " + maxBytes.getAsLong());
    }
    if (turn.isNegative() || turn.compareTo(LONGEST_TURN) > 0) {
      throw new IllegalArgumentException(
          "turn_seconds must be 0 to %d, found %d"
              .formatted(LONGEST_TURN.toSeconds(), turn.toSeconds()));
    }
    int characters = from.stream().mapToInt(address -> address.template().length()).sum();
    if (from.size() > MAX_FROM || characters > MAX_FROM_CHARACTERS) {
      throw new IllegalArgumentException(
          "from must be %d addresses of %d characters together at most, found %d of %d"
              .formatted(MAX_FROM, MAX_FROM_CHARACTERS, from.size(), characters));
    }
    int inTables = tables.stream().mapToInt(BlobTable::characters).sum();
    if (tables.size() > MAX_FROM || inTables > MAX_TABLE_CHARACTERS) {
      throw new IllegalArgumentException(
          "addresses must be %d tables of %d characters together at most, found %d of %d"
              .formatted(MAX_FROM, MAX_TABLE_CHARACTERS, tables.size(), inTables));
    }
  }

  /** At once, without tables and differences. */
  public FetchTerms(OptionalLong maxBytes, List<BlobAddress> from) {
    this(maxBytes, Duration.ZERO, from, List.of(), List.of());
  }

  /** All web servers, in the order in which they are asked. */
  public List<BlobPlace> places() {
    return Stream.<BlobPlace>concat(from.stream(), tables.stream()).toList();
  }

  /** No more than {@code maxBytes} may come. */
  public static FetchTerms atMost(long maxBytes) {
    return new FetchTerms(OptionalLong.of(maxBytes), List.of());
  }

  /** The same terms, with these differences. */
  public FetchTerms with(List<Difference> known) {
    return new FetchTerms(maxBytes, turn, from, tables, known);
  }

  /** The same terms for one whose turn comes then. */
  public FetchTerms after(Duration then) {
    return new FetchTerms(maxBytes, then, from, tables, differences);
  }

  /**
   * Reads the keys of an object that has others too.
   *
   * @throws IllegalArgumentException when they are no terms
   */
  public static FetchTerms parse(Fields f) {
    return new FetchTerms(
        f.has("max_bytes") ? OptionalLong.of(f.integer("max_bytes")) : OptionalLong.empty(),
        f.has("turn_seconds") ? Duration.ofSeconds(f.integer("turn_seconds")) : Duration.ZERO,
        f.strings("from").stream().map(BlobAddress::new).toList(),
        f.objects("addresses", BlobTable::parse),
        f.objects("differences", Difference::parse));
  }

  /** The keys that are not as usual. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    maxBytes.ifPresent(bytes -> map.put("max_bytes", bytes));
    if (!turn.isZero()) {
      map.put("turn_seconds", turn.toSeconds());
    }
    if (!from.isEmpty()) {
      map.put("from", from.stream().map(BlobAddress::template).toList());
    }
    if (!tables.isEmpty()) {
      map.put("addresses", tables.stream().map(BlobTable::json).toList());
    }
    if (!differences.isEmpty()) {
      map.put("differences", differences.stream().map(Difference::json).toList());
    }
    return map;
  }
}
