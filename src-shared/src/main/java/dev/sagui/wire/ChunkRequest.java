/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/**
 * A device asks for chunks: version byte, 32 bytes of digest, window byte, bitmap of what is
 * missing. The controller answers with the {@code window} lowest missing chunks.
 *
 * <p>Bytes 0 behind the bitmap, which never ends in one, say that coded chunks are read too, and
 * how many there are which {@link Coding}; those who do not know of them see a bitmap whose end is
 * empty, or fewer codings.
 *
 * @param artifact digest of the file, chunk table or signed manifest
 * @param window 1 to {@link #MAX_WINDOW}, or to 255 where it does not travel over MQTT
 * @param reads the best coding of {@link ChunkResponse.Kind#CODED} chunks that the device reads
 */
public record ChunkRequest(Digest artifact, int window, ChunkSet missing, Coding reads) {
  /** Most chunks in flight for one device. */
  public static final int MAX_WINDOW = 16;

  /** A request that waited longer, or its answer, is of no more use: the device asks again. */
  public static final Duration LIFE = Duration.ofSeconds(30);

  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 1 + Digest.BYTES + 1;

  public ChunkRequest {
    check(window, 0xFF);
  }

  private static int check(int window, int limit) {
    if (window < 1 || window > limit) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk request: window must be 1 to %d, got %d".formatted(limit, window));
    }
    return window;
  }

  /** The same for no more than {@code most} chunks. */
  public ChunkRequest atMost(int most) {
    return window <= most ? this : new ChunkRequest(artifact, most, missing, reads);
  }

  public byte[] encode() {
    byte[] bitmap = missing.bitmap();
    return ByteBuffer.allocate(HEADER_BYTES + bitmap.length + reads.version())
        .put(VERSION)
        .put(artifact.raw())
        .put((byte) window)
        .put(bitmap)
        .array();
  }

  /**
   * Reads what {@link #encode()} wrote.
   *
   * @throws RejectedException MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  public static ChunkRequest parse(byte[] bytes) {
    Limits.check(Channel.CHUNK_REQUEST, bytes.length);
    if (bytes.length < HEADER_BYTES || bytes[0] != VERSION) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk request: expected version 1 and %d bytes or more, found %d"
              .formatted(HEADER_BYTES, bytes.length));
    }
    return new ChunkRequest(
        Digest.ofRaw(Arrays.copyOfRange(bytes, 1, 1 + Digest.BYTES)),
        check(bytes[1 + Digest.BYTES] & 0xFF, MAX_WINDOW),
        ChunkSet.parse(Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length)),
        reads(bytes));
  }

  private static Coding reads(byte[] bytes) {
    int zeros = 0;
    while (bytes.length - zeros > HEADER_BYTES && bytes[bytes.length - 1 - zeros] == 0) {
      zeros++;
    }
    return Coding.upTo(zeros);
  }
}
