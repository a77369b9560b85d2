/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sagui.artifact.ByteRange;
import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Artifacts of this device by their digest, whole or one range of them: {@code GET /chunks/DIGEST}
 * with {@code Range} and {@code If-Range} (RFC 9110). One at a time, so that models answer beside
 * it; who comes meanwhile is told to come back, and has other sources.
 */
final class ChunksHandler implements HttpHandler {
  private static final Pattern PATH = Pattern.compile("/chunks/([0-9a-f]{64})");
  private static final int BUFFER_BYTES = 1 << 16;

  private final Function<Digest, Optional<Path>> find;
  private final Uplink uplink;
  private final Semaphore turn = new Semaphore(1);

  /**
   * @param uplink used by one request at a time
   */
  ChunksHandler(Function<Digest, Optional<Path>> find, Uplink uplink) {
    this.find = find;
    this.uplink = uplink;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        refuse(exchange, 405, "Allow", "GET");
      } else if (!turn.tryAcquire()) {
        refuse(exchange, 503, "Retry-After", "1");
      } else {
        try {
          answer(exchange);
        } finally {
          turn.release();
        }
      }
    }
  }

  private static void refuse(HttpExchange exchange, int status, String header, String value)
      throws IOException {
    exchange.getResponseHeaders().set(header, value);
    exchange.sendResponseHeaders(status, -1);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
    Optional<Digest> digest =
        path.matches() ? Optional.of(new Digest(path.group(1))) : Optional.empty();
    Optional<Path> file = digest.flatMap(find);
    if (file.isEmpty()) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    try (FileChannel bytes = FileChannel.open(file.get())) {
      send(exchange, "\"" + digest.get().hex() + "\"", bytes);
    } catch (NoSuchFileException e) { // was deleted just now
      exchange.sendResponseHeaders(404, -1);
    }
  }

  private void send(HttpExchange exchange, String tag, FileChannel bytes) throws IOException {
    long size = bytes.size();
    Headers headers = exchange.getResponseHeaders();
    headers.set("ETag", tag);
    headers.set("Content-Type", "application/octet-stream");
    Optional<ByteRange> range = range(exchange.getRequestHeaders(), tag, size);
    if (range.isPresent() && !range.get().isSatisfiable()) {
      refuse(exchange, 416, "Content-Range", "bytes */" + size);
      return;
    }
    range.ifPresent(
        part ->
            headers.set(
                "Content-Range", "bytes %d-%d/%d".formatted(part.first(), part.last(), size)));
    ByteRange sent = range.orElse(new ByteRange(0, size - 1));
    exchange.sendResponseHeaders(range.isPresent() ? 206 : 200, sent.length());
    try (OutputStream out = exchange.getResponseBody()) {
      copy(bytes, sent, Channels.newChannel(out));
    }
  }

  private static Optional<ByteRange> range(Headers request, String tag, long size) {
    String ifRange = request.getFirst("If-Range");
    return Optional.ofNullable(request.getFirst("Range"))
        .filter(header -> ifRange == null || ifRange.equals(tag))
        .flatMap(header -> ByteRange.parse(header, size));
  }

  private void copy(FileChannel from, ByteRange range, WritableByteChannel into)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = range.first(); at <= range.last(); ) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, range.last() - at + 1));
      int read = from.read(buffer, at);
      if (read < 0) {
        throw new IOException("the file became shorter");
      }
      at += read;
      uplink.pass(read);
      into.write(buffer.flip());
    }
  }
}
