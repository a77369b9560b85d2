/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sagui.agent.config.WebServer;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** A web server with artifacts that keeps to RFC 9110, or errs in one way. */
public final class BlobServer implements AutoCloseable {
  /** How it errs. */
  public enum Fault {
    NONE,
    IGNORES_RANGE,
    WRONG_CONTENT_RANGE,
    NO_CONTENT_RANGE,
    FLIPS_A_BIT,
    ENDS_MIDWAY,
    CHANGES_ITS_TAG,
    NOT_FOUND,
    GONE,
    FORBIDDEN,
    BUSY,
    BUSY_BUT_AT_ONCE,
    REDIRECTS,
    BROKEN,
    COMPRESSES,
    HANGS_UP,
    STALLS,
    NEVER_ENDS,
    TRICKLES
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final Map<String, Artifact> artifacts = new ConcurrentHashMap<>();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private final Set<String> clients = new HashSet<>();
  private volatile Fault fault = Fault.NONE;
  private volatile int goodAnswers;
  private volatile Optional<Set<Digest>> expired = Optional.empty();
  private volatile String redirect = "/";

  public BlobServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/blobs/", this::answer);
    server.start();
  }

  public String template() {
    return "http://127.0.0.1:%d/blobs/{digest}".formatted(port());
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public WebServer address() {
    return WebServer.configured(new BlobAddress(template()), Optional.empty());
  }

  /** An address that says for whom it is, as pre-signed ones do; see {@link #demandSignatures}. */
  public String signed(Digest artifact) {
    return "http://127.0.0.1:%d/blobs/%s?sig=%s"
        .formatted(port(), artifact, artifact.hex().substring(0, 8));
  }

  /** From now on addresses of {@link #signed} alone are answered, those of {@code but} not. */
  public void demandSignatures(Set<Digest> but) {
    expired = Optional.of(but);
  }

  public Artifact keep(Artifact artifact) {
    artifacts.put(artifact.digest().hex(), artifact);
    return artifact;
  }

  /** Errs from now on, after {@code good} answers as they should be. */
  public void err(Fault how, int good) {
    goodAnswers = good;
    fault = how;
  }

  /** Sends everybody on to {@code address} from now on. */
  public void redirect(String address) {
    redirect = address;
    err(Fault.REDIRECTS, 0);
  }

  /** The ranges that were asked for. */
  public List<String> ranges() {
    return ranges;
  }

  /** Connections that were opened. */
  public synchronized int connections() {
    return clients.size();
  }

  private void answer(HttpExchange call) throws IOException {
    try (call) {
      synchronized (this) {
        clients.add(call.getRemoteAddress().toString());
      }
      ranges.add(String.valueOf(call.getRequestHeaders().getFirst("Range")));
      String name = call.getRequestURI().getPath().replace("/blobs/", "");
      Fault now =
          goodAnswers-- > 0 ? Fault.NONE : isForbidden(call, name) ? Fault.FORBIDDEN : fault;
      Artifact artifact = artifacts.get(name);
      switch (now) {
        case NOT_FOUND -> call.sendResponseHeaders(404, -1);
        case GONE -> call.sendResponseHeaders(410, -1);
        case FORBIDDEN -> call.sendResponseHeaders(403, -1);
        case REDIRECTS -> {
          call.getResponseHeaders().set("Location", redirect);
          call.sendResponseHeaders(302, -1);
        }
        case BROKEN -> call.sendResponseHeaders(500, -1);
        case BUSY -> {
          call.getResponseHeaders().set("Retry-After", "3600");
          call.sendResponseHeaders(503, -1);
        }
        case BUSY_BUT_AT_ONCE -> {
          call.getResponseHeaders().set("Retry-After", "0");
          call.sendResponseHeaders(503, -1);
        }
        case HANGS_UP -> call.close();
        default -> {
          if (artifact == null) {
            call.sendResponseHeaders(404, -1);
          } else {
            send(call, artifact.bytes(), now);
          }
        }
      }
    }
  }

  private boolean isForbidden(HttpExchange call, String name) {
    boolean signed =
        ("sig=" + name.substring(0, Math.min(8, name.length())))
            .equals(call.getRequestURI().getQuery());
    return expired.isPresent()
        && (!signed || expired.get().stream().anyMatch(one -> one.hex().equals(name)));
  }

  private void send(HttpExchange call, byte[] bytes, Fault how) throws IOException {
    String[] ends = call.getRequestHeaders().getFirst("Range").replace("bytes=", "").split("-", -1);
    int first = Integer.parseInt(ends[0]);
    int last = (int) Math.min(Long.parseLong(ends[1]), bytes.length - 1);
    byte[] body = Arrays.copyOfRange(bytes, first, last + 1);
    call.getResponseHeaders().set("ETag", how == Fault.CHANGES_ITS_TAG ? "\"b\"" : "\"a\"");
    if (how == Fault.IGNORES_RANGE) {
      call.sendResponseHeaders(200, bytes.length);
      call.getResponseBody().write(bytes);
      return;
    }
    if (how == Fault.COMPRESSES) {
      call.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    if (how == Fault.FLIPS_A_BIT) {
      body[body.length / 2] ^= 1;
    }
    int shift = how == Fault.WRONG_CONTENT_RANGE ? 1 : 0;
    if (how != Fault.NO_CONTENT_RANGE) {
      call.getResponseHeaders()
          .set(
              "Content-Range",
              "bytes %d-%d/%d".formatted(first + shift, last + shift, bytes.length + shift));
    }
    call.sendResponseHeaders(206, how == Fault.NEVER_ENDS ? 0 : body.length);
    OutputStream out = call.getResponseBody();
    if (how == Fault.NEVER_ENDS || how == Fault.TRICKLES) {
      goOn(out, body, how == Fault.NEVER_ENDS ? body.length : 1);
    }
    boolean half = how == Fault.ENDS_MIDWAY || how == Fault.STALLS;
    out.write(body, 0, half ? body.length / 2 : body.length);
    if (how == Fault.STALLS) {
      out.flush();
      pause();
    }
  }

  /** The body again and again, or a byte a tenth of a second, until the client has enough. */
  private static void goOn(OutputStream out, byte[] body, int step) throws IOException {
    for (int at = 0; !Thread.currentThread().isInterrupted(); at = (at + step) % body.length) {
      out.write(body, at, step);
      out.flush();
      if (step == 1) {
        LockSupport.parkNanos(100_000_000);
      }
    }
  }

  /** Until the server is closed. */
  private static void pause() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
