/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.ChunkResponse.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some of a chunk's bytes, as they travel: behind the chunk's header ({@link ChunkResponse}), the
 * kind byte of the whole, 4 bytes of its length and 4 of the first byte's place in it. Nothing of
 * it is believed before the whole chunk is here and checked.
 *
 * @param of what the whole is: {@link Kind#DATA} or {@link Kind#CODED}
 * @param total bytes of the whole
 * @param from place of the first byte
 * @param message whose bytes from {@link #HEADER_BYTES} on are the part
 */
public record ChunkPart(Kind of, int total, int from, byte[] message) {
  /** Bytes before the part's own. */
  public static final int HEADER_BYTES = ChunkResponse.HEADER_BYTES + 1 + 2 * Integer.BYTES;

  /** So that its message is no longer than that of a whole chunk. */
  private static final int MAX_BYTES =
      ChunkTable.CHUNK_BYTES - (HEADER_BYTES - ChunkResponse.HEADER_BYTES);

  static ChunkPart parse(byte[] message) {
    ByteBuffer header = ByteBuffer.wrap(message).position(ChunkResponse.HEADER_BYTES);
    return new ChunkPart(Kind.of(header.get()), header.getInt(), header.getInt(), message);
  }

  /**
   * @throws RejectedException MALFORMED_PAYLOAD: no chunk has such a part
   */
  static void check(byte[] message) {
    if (message.length <= HEADER_BYTES) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk: a part has more than %d bytes, found %d".formatted(HEADER_BYTES, message.length));
    }
    ChunkPart part = parse(message);
    boolean inside = part.from >= 0 && part.from <= part.total - part.length();
    boolean whole = part.of == Kind.DATA || part.of == Kind.CODED;
    if (!inside || !whole || part.total > ChunkTable.CHUNK_BYTES) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "chunk: no part of %d bytes from %d on is of a whole of %d"
              .formatted(part.length(), part.from, part.total));
    }
  }

  /** Bytes of the part. */
  public int length() {
    return message.length - HEADER_BYTES;
  }

  /**
   * The messages that carry the part {@code wanted} of a chunk's message; that message itself when
   * it is all of it and may travel at once, or says that there is no such chunk.
   */
  public static List<byte[]> cut(byte[] whole, ChunkRequest.Part wanted) {
    ChunkResponse chunk = ChunkResponse.parse(whole);
    int start = wanted.from() < chunk.length() ? wanted.from() : 0; // else coded anew, and shorter
    int end = start + Math.min(chunk.length() - start, wanted.length());
    boolean all = start == 0 && end == chunk.length() && end <= wanted.most();
    if (all || chunk.missing()) {
      return List.of(whole);
    }
    List<byte[]> messages = new ArrayList<>();
    int most = Math.min(wanted.most(), MAX_BYTES);
    for (int from = start; from < end; ) {
      int length = Math.min(most, end - from);
      messages.add(of(chunk, from, length));
      from += length;
    }
    return messages;
  }

  private static byte[] of(ChunkResponse chunk, int from, int length) {
    Digest artifact = chunk.artifact();
    byte[] message = new byte[HEADER_BYTES + length];
    ChunkResponse.header(message, artifact, chunk.index(), Kind.PART);
    ByteBuffer.wrap(message)
        .position(ChunkResponse.HEADER_BYTES)
        .put((byte) chunk.kind().code())
        .putInt(chunk.length())
        .putInt(from)
        .put(chunk.message(), ChunkResponse.HEADER_BYTES + from, length);
    return message;
  }

  /** The chunk's message with its header, whose bytes are to be put together of parts. */
  public byte[] prepareWhole() {
    byte[] whole = Arrays.copyOf(message, ChunkResponse.HEADER_BYTES);
    whole[1] = (byte) of.code();
    return Arrays.copyOf(whole, ChunkResponse.HEADER_BYTES + total);
  }
}
