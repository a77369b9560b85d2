/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

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
 * @param part of the lowest missing chunk, which alone is wanted then; all of each if empty
 */
public record ChunkRequest(
    Digest artifact, int window, ChunkSet missing, Coding reads, Optional<Part> part) {
  /** Most chunks in flight for one device. */
  public static final int MAX_WINDOW = 16;

  /** A request that waited longer, or its answer, is of no more use: the device asks again. */
  public static final Duration LIFE = Duration.ofSeconds(30);

  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 1 + Digest.BYTES + 1;

  public ChunkRequest {
    check(window, 0xFF);
    if (part.isPresent() && (window != 1 || missing.isEmpty())) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "chunk request: a part is of one chunk");
    }
  }

  /** For whole chunks. */
  public ChunkRequest(Digest artifact, int window, ChunkSet missing, Coding reads) {
    this(artifact, window, missing, reads, Optional.empty());
  }

  /**
   * Some of the bytes that stand for a chunk, coded or not.
   *
   * @param from the first one, inclusive
   * @param length how many; what is behind the chunk's end does not come
   * @param most in one message, {@link #LEAST_MESSAGE_BYTES} or more; the messages follow each
   *     other
   */
  public record Part(int from, int length, int most) {
    /** As it travels: three numbers and a mark, which no bitmap with codings behind it ends in. */
    static final int BYTES = 4 * Integer.BYTES;

    /** No chunk makes more than 120 messages of these, whoever asks. */
    public static final int LEAST_MESSAGE_BYTES = 1 << 10;

    private static final int MARK = 0x50415254; // "PART"

    public Part {
      if (from < 0 || from >= ChunkTable.CHUNK_BYTES || length < 1 || most < LEAST_MESSAGE_BYTES) {
        throw new RejectedException(
            FailureCode.MALFORMED_PAYLOAD,
            "chunk request: no chunk has a part of %d bytes, %d at once, from %d on"
                .formatted(length, most, from));
      }
    }

    /** The same in messages of no more than {@code bytes} of it each. */
    public Part inMessagesOf(int bytes) {
      return new Part(from, length, Math.min(most, bytes));
    }

    private static Optional<Part> find(ByteBuffer behind) {
      int at = behind.limit() - BYTES;
      return at < behind.position() || behind.getInt(at + 3 * Integer.BYTES) != MARK
          ? Optional.empty()
          : Optional.of(
              new Part(
                  behind.getInt(at),
                  behind.getInt(at + Integer.BYTES),
                  behind.getInt(at + 2 * Integer.BYTES)));
    }

    private void put(ByteBuffer into) {
      into.putInt(from).putInt(length).putInt(most).putInt(MARK);
    }
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
    return window <= most ? this : new ChunkRequest(artifact, most, missing, reads, part);
  }

  /** The same for a part of the lowest chunk, and for no other. */
  public ChunkRequest of(Part wanted) {
    return new ChunkRequest(artifact, 1, missing.first(1), reads, Optional.of(wanted));
  }

  public byte[] encode() {
    byte[] bitmap = missing.bitmap();
    int end = HEADER_BYTES + bitmap.length + reads.version();
    ByteBuffer message =
        ByteBuffer.allocate(part.isPresent() ? end + Part.BYTES : end)
            .put(VERSION)
            .put(artifact.raw())
            .put((byte) window)
            .put(bitmap)
            .position(end);
    part.ifPresent(wanted -> wanted.put(message));
    return message.array();
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
    Optional<Part> part = Part.find(ByteBuffer.wrap(bytes).position(HEADER_BYTES));
    int end = part.isPresent() ? bytes.length - Part.BYTES : bytes.length;
    return new ChunkRequest(
        Digest.ofRaw(Arrays.copyOfRange(bytes, 1, 1 + Digest.BYTES)),
        check(bytes[1 + Digest.BYTES] & 0xFF, MAX_WINDOW),
        ChunkSet.parse(Arrays.copyOfRange(bytes, HEADER_BYTES, end)),
        reads(bytes, end),
        part);
  }

  private static Coding reads(byte[] bytes, int end) {
    int zeros = 0;
    while (end - zeros > HEADER_BYTES && bytes[end - 1 - zeros] == 0) {
      zeros++;
    }
    return Coding.upTo(zeros);
  }
}
