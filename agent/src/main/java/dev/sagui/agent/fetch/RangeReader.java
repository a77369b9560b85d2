/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.config.WebServer;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reads ranges of files over HTTP, chunk by chunk. {@link HttpURLConnection} keeps the connection
 * by itself once a body is read to its end, and needs neither threads nor buffers of its own. Owned
 * by one thread.
 */
final class RangeReader {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A server that is slower than a chunk in this time is taken for one that does not answer. */
  private static final Duration LONGEST_CHUNK = Duration.ofSeconds(30);

  private static final int MAX_ERROR_BYTES = 1 << 16;

  private final WebServer web;
  private final LongSupplier nanoClock;
  private final Clock wallClock;
  private final ChunkBuffers buffers;
  private Optional<Known> known = Optional.empty();

  /** The file that was read last, and its tag. */
  private record Known(Digest artifact, String tag) {}

  /** Takes a chunk's message. */
  interface Chunks {
    void take(byte[] message) throws InterruptedException;
  }

  RangeReader(WebServer web, ChunkBuffers buffers, LongSupplier nanoClock, Clock wallClock) {
    this.web = web;
    this.buffers = buffers;
    this.nanoClock = nanoClock;
    this.wallClock = wallClock;
  }

  /** Whether it has an address of the artifact. */
  boolean knows(Digest artifact) {
    return web.place().find(artifact).isPresent();
  }

  String server() {
    return web.place().server();
  }

  /**
   * Reads whole chunks.
   *
   * @param first byte of a chunk
   * @param last byte of a chunk if the file does not end before, inclusive
   * @throws IOException the server does not answer, or ends or errs midway
   */
  void read(Digest artifact, long first, long last, Chunks into)
      throws IOException, HttpAnswer.Refusal, HttpAnswer.Later, InterruptedException {
    HttpURLConnection call = open(artifact, first, last);
    try {
      HttpAnswer answer = HttpAnswer.of(call, first, last, wallClock.instant());
      checkTag(artifact, answer.tag());
      try (InputStream body = call.getInputStream()) {
        chunks(artifact, answer, body, into);
        if (body.read() >= 0) { // also lets the connection be used again
          throw new HttpAnswer.Refusal("the server sends more than its Content-Range says");
        }
      }
    } catch (HttpAnswer.Refusal | HttpAnswer.Later e) {
      drain(call);
      throw e;
    }
  }

  private HttpURLConnection open(Digest artifact, long first, long last)
      throws IOException, HttpAnswer.Refusal {
    HttpURLConnection call = (HttpURLConnection) url(artifact).openConnection();
    call.setConnectTimeout((int) PATIENCE.toMillis());
    call.setReadTimeout((int) PATIENCE.toMillis());
    call.setUseCaches(false);
    call.setRequestProperty("Range", "bytes=%d-%d".formatted(first, last));
    call.setRequestProperty("Accept-Encoding", "identity");
    tag(artifact).ifPresent(tag -> call.setRequestProperty("If-Range", tag));
    call.setInstanceFollowRedirects(web.mayRedirect());
    web.token().ifPresent(token -> call.setRequestProperty("Authorization", "Bearer " + token));
    return call;
  }

  private URL url(Digest artifact) throws IOException, HttpAnswer.Refusal {
    try {
      return new URI(web.place().find(artifact).orElse("")).toURL();
    } catch (URISyntaxException e) {
      throw new HttpAnswer.Refusal("it is no address: " + e.getReason());
    }
  }

  private Optional<String> tag(Digest artifact) {
    return known.filter(file -> file.artifact.equals(artifact)).map(Known::tag);
  }

  private void checkTag(Digest artifact, Optional<String> found) throws HttpAnswer.Refusal {
    Optional<String> before = tag(artifact);
    if (before.isPresent() && !before.equals(found)) {
      throw new HttpAnswer.Refusal(
          "the file changed on the server: its ETag was %s, now %s"
              .formatted(before.get(), found.orElse("none")));
    }
    known = found.map(tag -> new Known(artifact, tag));
  }

  private void chunks(Digest artifact, HttpAnswer answer, InputStream body, Chunks into)
      throws IOException, InterruptedException {
    for (long at = answer.first(); at <= answer.last(); at += ChunkTable.CHUNK_BYTES) {
      int length = (int) Math.min(ChunkTable.CHUNK_BYTES, answer.last() - at + 1);
      int index = (int) (at / ChunkTable.CHUNK_BYTES);
      byte[] message = buffers.take(artifact, index, length);
      fill(message, body);
      into.take(message);
    }
  }

  private void fill(byte[] message, InputStream body) throws IOException {
    long deadline = nanoClock.getAsLong() + LONGEST_CHUNK.toNanos();
    int at = ChunkResponse.HEADER_BYTES;
    while (at < message.length) {
      int read = body.read(message, at, message.length - at);
      if (read < 0) {
        throw new IOException("the server ended midway");
      }
      at += read;
      if (at < message.length && nanoClock.getAsLong() - deadline > 0) {
        throw new IOException("the server is slower than a chunk in 30 s");
      }
    }
  }

  /** So that the connection can be used again. */
  private static void drain(HttpURLConnection call) {
    try (InputStream body = call.getErrorStream()) {
      if (body != null) {
        body.readNBytes(MAX_ERROR_BYTES);
        return;
      }
    } catch (IOException e) {
      // it is closed below
    }
    call.disconnect();
  }
}
