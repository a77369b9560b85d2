/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * SHA-256 of each chunk of one artifact, so that any chunk from any source is checked alone.
 *
 * <p>The binary form is the 32-byte digests in order and nothing else; a manifest names it by its
 * own digest. Not thread-safe to construct from a shared array: the array is kept, not copied.
 */
public final class ChunkTable {
  /** Bytes of every chunk but the last: fits a 128 KiB MQTT message with its headers. */
  public static final int CHUNK_BYTES = 120 * 1024;

  private final byte[] digests;
  private final long sizeBytes;

  private ChunkTable(byte[] digests, long sizeBytes) {
    this.digests = digests;
    this.sizeBytes = sizeBytes;
  }

  /**
   * @throws RejectedException MALFORMED_PAYLOAD when the table's length does not fit the size
   */
  public static ChunkTable parse(byte[] digests, long sizeBytes) {
    long expected = tableBytes(sizeBytes);
    if (digests.length != expected) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk table of an artifact of %d bytes must have %d bytes, found %d"
              .formatted(sizeBytes, expected, digests.length));
    }
    return new ChunkTable(digests, sizeBytes);
  }

  /** Number of chunks of an artifact; an empty artifact has none. */
  public static int count(long sizeBytes) {
    return Math.toIntExact((sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** Bytes of the table of an artifact of {@code sizeBytes}. */
  public static long tableBytes(long sizeBytes) {
    return (long) count(sizeBytes) * Digest.BYTES;
  }

  /** Bytes of chunk {@code index} of an artifact of {@code sizeBytes}. */
  public static int lengthOf(int index, long sizeBytes) {
    return (int) Math.min(CHUNK_BYTES, sizeBytes - (long) index * CHUNK_BYTES);
  }

  public int count() {
    return digests.length / Digest.BYTES;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /** First byte of chunk {@code index} in the artifact. */
  public static long offsetOf(int index) {
    return (long) index * CHUNK_BYTES;
  }

  /** The raw digest of chunk {@code index}, to be looked up by. */
  public ByteBuffer digest(int index) {
    return ByteBuffer.wrap(digests, index * Digest.BYTES, Digest.BYTES).slice().asReadOnlyBuffer();
  }

  /**
   * Returns normally if {@code length} bytes of {@code bytes} from {@code offset} on are exactly
   * chunk {@code index}.
   *
   * @throws RejectedException CHUNK_INDEX_OUT_OF_RANGE, CHUNK_TOO_LONG or CHUNK_DIGEST_MISMATCH
   */
  public void check(int index, byte[] bytes, int offset, int length) {
    if (index < 0 || index >= count()) {
      throw new RejectedException(
          FailureCode.CHUNK_INDEX_OUT_OF_RANGE,
          "chunk %d does not exist, the artifact has %d chunks".formatted(index, count()));
    }
    int expected = lengthOf(index, sizeBytes);
    if (length > expected) {
      throw new RejectedException(
          FailureCode.CHUNK_TOO_LONG,
          "chunk %d must have %d bytes, found %d".formatted(index, expected, length));
    }
    if (length < expected || !matches(index, bytes, offset, length)) {
      throw new RejectedException(
          FailureCode.CHUNK_DIGEST_MISMATCH,
          "chunk %d of %d is not the signed one: its bytes do not have the SHA-256 in the manifest's chunk table"
              .formatted(index, count()));
    }
  }

  private boolean matches(int index, byte[] bytes, int offset, int length) {
    MessageDigest sha = Digest.sha256();
    sha.update(bytes, offset, length);
    byte[] found = sha.digest();
    int at = index * Digest.BYTES;
    return java.util.Arrays.equals(found, 0, Digest.BYTES, digests, at, at + Digest.BYTES);
  }
}
