/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/** One client that sends one prepared request again and again. */
record Load(HttpConnection connection, byte[] request) {
  /** Sends it {@code times} times and adds each time from the first byte out to the last one in. */
  void run(int times, Sample into) {
    for (int i = 0; i < times; i++) {
      long from = System.nanoTime();
      int status = send().status();
      into.add(System.nanoTime() - from);
      if (status != 200) {
        throw new BenchException("a request was answered with " + status);
      }
    }
  }

  HttpConnection.Answer send() {
    try {
      return connection.send(request);
    } catch (IOException e) {
      throw new BenchException("a request failed: " + e.getMessage(), e);
    }
  }

  /** Two loads in turns of {@code turn} requests, so that both see the same machine. */
  static void interleave(int times, int turn, Load a, Sample intoA, Load b, Sample intoB) {
    for (int done = 0; done < times; done += turn) {
      a.run(Math.min(turn, times - done), intoA);
      b.run(Math.min(turn, times - done), intoB);
    }
  }

  /** Two loads at the same time, where only their servers' memory is looked at. */
  static void together(int times, Load a, Load b) {
    Thread other = new Thread(() -> b.run(times, new Sample()), "bench-load");
    AtomicReference<Throwable> failure = new AtomicReference<>();
    other.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
    other.start();
    a.run(times, new Sample());
    try {
      other.join();
    } catch (InterruptedException e) {
      throw BenchException.interrupted(e);
    }
    if (failure.get() != null) {
      throw new BenchException("the load failed: " + failure.get().getMessage());
    }
  }
}
