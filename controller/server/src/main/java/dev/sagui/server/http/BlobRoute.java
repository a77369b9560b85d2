/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.artifact.ByteRange;
import dev.sagui.artifact.Digest;
import dev.sagui.server.store.BlobFolder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Artifacts by their digest, whole or one range of them, for agents that fetch over HTTP and for
 * caches between: {@code GET /api/v1/blobs/DIGEST} with {@code Range}, {@code If-Range} and {@code
 * If-None-Match} (RFC 9110). The system sends the file; no byte comes into this process.
 */
@Singleton
public final class BlobRoute {
  private static final int AFTER_THE_GATE = -500;

  private final BlobFolder blobs;

  BlobRoute(BlobFolder blobs) {
    this.blobs = blobs;
  }

  void serve(@Observes Router router) {
    router
        .route("/api/v1/blobs/:digest")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .order(AFTER_THE_GATE)
        .blockingHandler(this::answer, false);
  }

  private void answer(RoutingContext call) {
    Optional<Digest> digest = digest(call.pathParam("digest"));
    Optional<Path> file = digest.map(blobs::path).filter(Files::isRegularFile);
    if (file.isEmpty()) {
      call.response()
          .setStatusCode(404)
          .putHeader(HttpHeaders.CONTENT_TYPE, Problem.TYPE)
          .end(Buffer.buffer(Problem.json(404, "NOT_FOUND", "Not Found", "no such artifact")));
      return;
    }
    send(call, "\"" + digest.get().hex() + "\"", file.get());
  }

  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(new Digest(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void send(RoutingContext call, String tag, Path file) {
    HttpServerRequest request = call.request();
    HttpServerResponse response =
        call.response()
            .putHeader(HttpHeaders.ETAG, tag)
            .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
            .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable")
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
    long size = file.toFile().length();
    if (names(request.getHeader("If-None-Match"), tag)) {
      response.setStatusCode(304).end();
      return;
    }
    Optional<ByteRange> range = range(request, tag, size);
    if (range.isPresent() && !range.get().isSatisfiable()) {
      response.setStatusCode(416).putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size).end();
      return;
    }
    range.ifPresent(
        part ->
            response
                .setStatusCode(206)
                .putHeader(
                    HttpHeaders.CONTENT_RANGE,
                    "bytes %d-%d/%d".formatted(part.first(), part.last(), size)));
    ByteRange sent = range.orElse(new ByteRange(0, size - 1));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(sent.length())).end();
    } else {
      response.sendFile(file.toString(), sent.first(), sent.length());
    }
  }

  /** The range to send; none when the client's copy is of something else, or it wants all. */
  private static Optional<ByteRange> range(HttpServerRequest request, String tag, long size) {
    String ifRange = request.getHeader("If-Range");
    if (ifRange != null && !ifRange.equals(tag)) {
      return Optional.empty();
    }
    return Optional.ofNullable(request.getHeader("Range"))
        .flatMap(header -> ByteRange.parse(header, size));
  }

  private static boolean names(@Nullable String header, String tag) {
    return header != null && (header.equals("*") || header.contains(tag));
  }
}
