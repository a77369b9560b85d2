/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One chunk, or word that the controller does not have the artifact: version byte, kind byte, 32
 * bytes of digest, 4 bytes of index, the chunk's bytes as {@link Kind} says.
 *
 * @param index chunk index; 0 when missing
 * @param message the whole message; the chunk's bytes start at {@link #HEADER_BYTES}
 */
public record ChunkResponse(Digest artifact, int index, Kind kind, byte[] message) {
  public ChunkResponse {
    if (kind == Kind.PART) {
      ChunkPart.check(message);
    }
  }

  /** What a message holds. */
  public enum Kind {
    /** The chunk's own bytes. */
    DATA(0),
    /** Nothing: the controller has no such artifact. */
    MISSING(1),
    /** What {@link dev.sagui.entropy.ChunkDecoder} makes the chunk's bytes of; only on request. */
    CODED(2),
    /** Some of what one of the others holds, as {@link ChunkPart} says; only on request. */
    PART(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk: expected kind 0 to %d, found %d".formatted(values().length - 1, code));
    }
  }

  /** Bytes before the chunk's own. */
  public static final int HEADER_BYTES = 2 + Digest.BYTES + Integer.BYTES;

  private static final byte VERSION = 1;

  /** A message with room for {@code length} chunk bytes from {@link #HEADER_BYTES} on. */
  public static byte[] prepare(Digest artifact, int index, int length) {
    return header(artifact, index, length, Kind.DATA);
  }

  /**
   * Makes a message that {@link #prepare} gave one of another chunk of the same length, whose bytes
   * are to be put over the former ones.
   */
  public static byte[] prepareAgain(byte[] message, Digest artifact, int index) {
    return header(message, artifact, index, Kind.DATA);
  }

  /** A message with a coded chunk. */
  public static byte[] coded(Digest artifact, int index, byte[] coded) {
    byte[] message = header(artifact, index, coded.length, Kind.CODED);
    System.arraycopy(coded, 0, message, HEADER_BYTES, coded.length);
    return message;
  }

  /** The message that says that the controller has no such artifact. */
  public static byte[] missing(Digest artifact) {
    return header(artifact, 0, 0, Kind.MISSING);
  }

  private static byte[] header(Digest artifact, int index, int length, Kind kind) {
    return header(new byte[HEADER_BYTES + length], artifact, index, kind);
  }

  static byte[] header(byte[] message, Digest artifact, int index, Kind kind) {
    return ByteBuffer.wrap(message)
        .put(VERSION)
        .put((byte) kind.code)
        .put(artifact.raw())
        .putInt(index)
        .array();
  }

  /** Whether the controller has no such artifact. */
  public boolean missing() {
    return kind == Kind.MISSING;
  }

  /** Bytes that came for the chunk. */
  public int length() {
    return message.length - (kind == Kind.PART ? ChunkPart.HEADER_BYTES : HEADER_BYTES);
  }

  /** What came of the chunk, if not all at once. */
  public Optional<ChunkPart> part() {
    return kind == Kind.PART ? Optional.of(ChunkPart.parse(message)) : Optional.empty();
  }

  /**
   * Reads a message without copying the chunk's bytes.
   *
   * @throws RejectedException MALFORMED_PAYLOAD or CHUNK_TOO_LONG
   */
  public static ChunkResponse parse(byte[] message) {
    if (message.length < HEADER_BYTES || message[0] != VERSION) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk: expected version 1 and %d bytes or more, found %d"
              .formatted(HEADER_BYTES, message.length));
    }
    if (message.length > HEADER_BYTES + ChunkTable.CHUNK_BYTES) {
      throw new RejectedException(
          FailureCode.CHUNK_TOO_LONG,
          "chunk: at most %d bytes are read, found %d"
              .formatted(ChunkTable.CHUNK_BYTES, message.length - HEADER_BYTES));
    }
    int index = ByteBuffer.wrap(message).getInt(2 + Digest.BYTES);
    Digest artifact = Digest.ofRaw(Arrays.copyOfRange(message, 2, 2 + Digest.BYTES));
    return new ChunkResponse(artifact, index, Kind.of(message[1]), message);
  }
}
