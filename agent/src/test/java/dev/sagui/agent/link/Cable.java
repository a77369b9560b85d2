/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP relay that a test can cut. */
final class Cable implements AutoCloseable {
  private final ServerSocket server;
  private final int to;
  private final List<Socket> ends = new CopyOnWriteArrayList<>();

  Cable(int to) throws IOException {
    this.to = to;
    this.server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  URI url() {
    return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
  }

  /** Ends all connections, without a word of either side; new ones may be made. */
  void cut() throws IOException {
    for (Socket end : ends) {
      end.close();
    }
    ends.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
        ends.addAll(List.of(near, far));
        daemon(() -> pump(near, far));
        daemon(() -> pump(far, near));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void pump(Socket from, Socket into) {
    try (from;
        into) {
      InputStream in = from.getInputStream();
      in.transferTo(into.getOutputStream());
    } catch (IOException e) {
      // cut
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
