/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.util.BitSet;
import java.util.stream.IntStream;

/** A set of chunk indices as the bitmap that travels: bit {@code i % 8} of byte {@code i / 8}. */
public record ChunkSet(BitSet bits) {
  public ChunkSet {
    bits = (BitSet) bits.clone();
  }

  /** The chunks {@code 0 .. count - 1}. */
  public static ChunkSet all(int count) {
    BitSet bits = new BitSet(count);
    bits.set(0, count);
    return new ChunkSet(bits);
  }

  public static ChunkSet of(int... indices) {
    BitSet bits = new BitSet();
    for (int index : indices) {
      bits.set(index);
    }
    return new ChunkSet(bits);
  }

  public static ChunkSet parse(byte[] bitmap) {
    return new ChunkSet(BitSet.valueOf(bitmap));
  }

  public byte[] bitmap() {
    return bits.toByteArray();
  }

  public boolean contains(int index) {
    return bits.get(index);
  }

  public int size() {
    return bits.cardinality();
  }

  public boolean isEmpty() {
    return bits.isEmpty();
  }

  /** Indices in ascending order. */
  public IntStream indices() {
    return bits.stream();
  }

  /** The {@code limit} lowest indices. */
  public ChunkSet first(int limit) {
    return of(indices().limit(limit).toArray());
  }

  @Override
  public BitSet bits() {
    return (BitSet) bits.clone();
  }
}
