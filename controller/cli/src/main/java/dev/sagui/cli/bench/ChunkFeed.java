/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.artifact.ChunkTable;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The least that a broker can do, so that a client is what is timed: takes one client at a time
 * and, once that has subscribed, sends it messages of a chunk's size at QoS 0 as fast as it reads
 * them (MQTT 5.0, sections 3.1 to 3.3, 3.8, 3.9).
 */
final class ChunkFeed implements AutoCloseable {
  private static final byte[] CONNACK = {0x20, 3, 0, 0, 0};
  private static final int LENGTH_BYTES = 3; // of a packet between 16 KiB and 2 MiB

  private final ServerSocket server;
  private final int chunks;
  private final byte[] publish = publish();

  ChunkFeed(int chunks) {
    this.chunks = chunks;
    try {
      server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the feed: " + e.getMessage(), e);
    }
    Thread thread = new Thread(this::serve, "bench-feed");
    thread.setDaemon(true);
    thread.start();
  }

  String url() {
    return "tcp://127.0.0.1:" + server.getLocalPort();
  }

  long bytes() {
    return (long) chunks * ChunkTable.CHUNK_BYTES;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.setTcpNoDelay(true);
        feed(client);
      } catch (IOException ended) {
        // the client has what it wanted, or says itself that it has not
      }
    }
  }

  private void feed(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    packet(in);
    out.write(CONNACK);
    ByteBuffer subscribe = packet(in);
    byte[] id = {subscribe.get(), subscribe.get()};
    out.write(new byte[] {(byte) 0x90, 4, id[0], id[1], 0, 0});
    for (int i = 0; i < chunks; i++) {
      out.write(publish);
    }
    in.read(); // until the client goes
  }

  /** The next packet from its variable header on. */
  private static ByteBuffer packet(DataInputStream in) throws IOException {
    in.readByte();
    int length = 0;
    int digit;
    int shift = 0;
    do {
      digit = in.readUnsignedByte();
      length |= (digit & 0x7F) << shift;
      shift += 7;
    } while (digit > 0x7F);
    return ByteBuffer.wrap(in.readNBytes(length));
  }

  private static byte[] publish() {
    byte[] topic = "chunks".getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[ChunkTable.CHUNK_BYTES];
    new SplittableRandom(1).nextBytes(payload);
    int length = 2 + topic.length + 1 + payload.length;
    ByteBuffer packet = ByteBuffer.allocate(1 + LENGTH_BYTES + length);
    packet.put((byte) 0x30);
    packet.put((byte) (length | 0x80)).put((byte) (length >> 7 | 0x80)).put((byte) (length >> 14));
    packet.putShort((short) topic.length).put(topic);
    packet.put((byte) 0); // no properties
    packet.put(payload);
    return packet.array();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the feed failed: " + e.getMessage(), e);
    }
  }
}
