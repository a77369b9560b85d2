/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.ChunkEncoder;
import dev.sagui.entropy.Coding;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the messages that carry chunks, coded where the device reads that and it is shorter. Those
 * used last are kept in memory: devices of one wave ask for the same chunks at about the same time,
 * the disk is read once for them, and to code takes some milliseconds a chunk. Owned by one thread.
 */
final class ChunkMessages {
  private static final int MAX_KEPT_BYTES = 16 << 20;

  /** A file that was written anew, as after its disk was repaired, is another one. */
  private record Key(Digest artifact, FileTime written, int index, Coding coding) {}

  private final ChunkEncoder encoder = new ChunkEncoder();
  private final Map<Key, byte[]> kept = new LinkedHashMap<>(64, 0.75f, true);
  private final BlobFolder blobs;
  private int keptBytes;

  ChunkMessages(BlobFolder blobs) {
    this.blobs = blobs;
  }

  /**
   * One message, or several with the part that was asked for.
   *
   * @throws java.nio.file.NoSuchFileException there is no such artifact
   */
  List<byte[]> messages(ChunkRequest request, int index) throws IOException {
    byte[] whole = message(request, index);
    return request.part().map(part -> ChunkPart.cut(whole, part)).orElse(List.of(whole));
  }

  private byte[] message(ChunkRequest request, int index) throws IOException {
    FileTime written = Files.getLastModifiedTime(blobs.path(request.artifact()));
    Key key = new Key(request.artifact(), written, index, request.reads());
    Optional<byte[]> known = Optional.ofNullable(kept.get(key));
    if (known.isPresent()) {
      return known.get();
    }
    byte[] message = made(key);
    keep(key, message);
    return message;
  }

  private byte[] made(Key key) throws IOException {
    byte[] plain = plain(key.artifact, key.index);
    if (key.coding == Coding.NONE) {
      return plain;
    }
    byte[] chunk = Arrays.copyOfRange(plain, ChunkResponse.HEADER_BYTES, plain.length);
    return encoder
        .shorter(chunk, chunk.length)
        .map(coded -> ChunkResponse.coded(key.artifact, key.index, coded))
        .orElse(plain);
  }

  private void keep(Key key, byte[] message) {
    kept.put(key, message);
    keptBytes += message.length;
    var oldest = kept.values().iterator();
    while (keptBytes > MAX_KEPT_BYTES) {
      keptBytes -= oldest.next().length;
      oldest.remove();
    }
  }

  private byte[] plain(Digest artifact, int index) throws IOException {
    try (FileChannel file = FileChannel.open(blobs.path(artifact), StandardOpenOption.READ)) {
      if (index >= ChunkTable.count(file.size())) {
        return ChunkResponse.missing(artifact);
      }
      int length = ChunkTable.lengthOf(index, file.size());
      byte[] message = ChunkResponse.prepare(artifact, index, length);
      ByteBuffer into = ByteBuffer.wrap(message, ChunkResponse.HEADER_BYTES, length);
      while (into.hasRemaining()
          && file.read(into, ChunkTable.offsetOf(index) + length - into.remaining()) >= 0) {
        // reads until the chunk is complete
      }
      return message;
    }
  }
}
