/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A program that answers requests on a loopback port, with the connection that loads it.
 *
 * @param started {@link System#nanoTime()} just before its process was made
 */
record Server(Program program, int port, long started) implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(1);

  /** Waits for the first 200 and returns the time from the start of the process. */
  Duration firstAnswer(byte[] request) {
    String what = "the first answer on port " + port;
    return Until.present(what, program, LIMIT, PAUSE, () -> answered(request));
  }

  private Optional<Duration> answered(byte[] request) {
    try (HttpConnection connection = new HttpConnection(port)) {
      int status = connection.send(request).status();
      Duration since = Duration.ofNanos(System.nanoTime() - started);
      return status == 200 ? Optional.of(since) : Optional.empty();
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }

  HttpConnection connect() {
    try {
      return new HttpConnection(port);
    } catch (IOException e) {
      program.requireAlive();
      throw new BenchException("connecting to port %d failed: %s".formatted(port, e), e);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
