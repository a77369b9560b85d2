/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.artifact.ChunkTable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** As a client sees it that knows no more of MQTT than it must. */
final class ChunkFeedIT {
  private static final byte[] CONNECT = {
    0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 30, 0, 0, 0,
  };
  private static final byte[] SUBSCRIBE = {
    (byte) 0x82, 12, 0, 7, 0, 0, 6, 'c', 'h', 'u', 'n', 'k', 's', 0,
  };

  @Test
  void feedsChunksToWhoeverSubscribes() throws IOException {
    try (ChunkFeed feed = new ChunkFeed(2);
        Socket client = new Socket("127.0.0.1", URI.create(feed.url()).getPort())) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      client.getOutputStream().write(CONNECT);
      assertEquals(0x20, in.readUnsignedByte());
      in.readNBytes(4);
      client.getOutputStream().write(SUBSCRIBE);
      assertEquals(0x90, in.readUnsignedByte());
      in.readNBytes(5);
      for (int i = 0; i < 2; i++) {
        assertEquals(0x30, in.readUnsignedByte());
        int length = in.readUnsignedByte() & 0x7F;
        length |= (in.readUnsignedByte() & 0x7F) << 7;
        length |= in.readUnsignedByte() << 14;
        assertEquals(2 + 6 + 1 + ChunkTable.CHUNK_BYTES, length);
        assertEquals(length, in.readNBytes(length).length);
      }
    }
  }
}
