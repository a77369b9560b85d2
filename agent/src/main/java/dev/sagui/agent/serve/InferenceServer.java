/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.sun.net.httpserver.HttpServer;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The HTTP side: the Open Inference Protocol v2, {@code /metrics}, and what neighbours may take.
 *
 * <p>Needs {@code -Dsun.net.httpserver.nodelay=true}; without it an answer takes 44 ms.
 */
public final class InferenceServer implements AutoCloseable {
  private static final int THREADS = 4;

  private final HttpServer http;
  private final ExecutorService threads;

  private InferenceServer(HttpServer http, ExecutorService threads) {
    this.http = http;
    this.threads = threads;
  }

  /**
   * @param port 0 takes a free one
   * @throws RejectedException PORT_IN_USE
   */
  public static InferenceServer start(
      String host, int port, ModelTable models, AgentMetrics metrics, String version)
      throws IOException {
    try {
      HttpServer http = HttpServer.create(new InetSocketAddress(host, port), 64);
      AtomicInteger number = new AtomicInteger();
      ExecutorService threads =
          Executors.newFixedThreadPool(
              THREADS, task -> new Thread(task, "http-" + number.incrementAndGet()));
      http.setExecutor(threads);
      http.createContext("/v2", new ProtocolHandler(models, metrics, version));
      http.createContext("/metrics", new MetricsHandler(metrics));
      http.start();
      return new InferenceServer(http, threads);
    } catch (BindException e) {
      throw new RejectedException(
          FailureCode.PORT_IN_USE,
          "cannot serve on %s:%d: %s; choose another sagui.serve.port, or 0 for a free one"
              .formatted(host, port, e.getMessage()),
          e);
    }
  }

  /**
   * Lets others take artifacts, by {@code /chunks/DIGEST}.
   *
   * @param find complete artifacts, on any thread
   * @param bytesPerSecond for all of them together; 0 is no limit
   */
  public void share(Function<Digest, Optional<Path>> find, long bytesPerSecond) {
    Uplink uplink = new Uplink(bytesPerSecond, System::nanoTime, LockSupport::parkNanos);
    http.createContext("/chunks/", new ChunksHandler(find, uplink));
  }

  /** Where it answers. */
  public URI url() {
    InetSocketAddress address = http.getAddress();
    String host = address.getAddress().getHostAddress();
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + address.getPort());
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdown();
  }
}
