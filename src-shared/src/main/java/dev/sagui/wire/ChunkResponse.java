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

/**
 * One chunk, or word that the controller does not have the artifact: version byte, kind byte, 32
 * bytes of digest, 4 bytes of index, the chunk's bytes.
 *
 * @param index chunk index; 0 when missing
 * @param missing the controller has no such artifact
 * @param message the whole message; the chunk's bytes start at {@link #HEADER_BYTES}
 */
public record ChunkResponse(Digest artifact, int index, boolean missing, byte[] message) {
  /** Bytes before the chunk's own. */
  public static final int HEADER_BYTES = 2 + Digest.BYTES + Integer.BYTES;

  private static final byte VERSION = 1;
  private static final byte DATA = 0;
  private static final byte MISSING = 1;

  /** A message with room for {@code length} chunk bytes from {@link #HEADER_BYTES} on. */
  public static byte[] prepare(Digest artifact, int index, int length) {
    return header(artifact, index, length, DATA);
  }

  /** The message that says that the controller has no such artifact. */
  public static byte[] missing(Digest artifact) {
    return header(artifact, 0, 0, MISSING);
  }

  private static byte[] header(Digest artifact, int index, int length, byte kind) {
    return ByteBuffer.allocate(HEADER_BYTES + length)
        .put(VERSION)
        .put(kind)
        .put(artifact.raw())
        .putInt(index)
        .array();
  }

  /** Bytes of the chunk. */
  public int length() {
    return message.length - HEADER_BYTES;
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
    return new ChunkResponse(artifact, index, message[1] == MISSING, message);
  }
}
