/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A network between a client and a server: counts the bytes of TCP that it carries, and is cut. */
final class CountingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final URI target;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * @param target the server's address
   */
  CountingProxy(URI target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the proxy: " + e.getMessage(), e);
    }
    run("bench-proxy", this::accept);
  }

  /** The server's address for who shall go by here. */
  String url() {
    return target.getScheme() + "://127.0.0.1:" + server.getLocalPort();
  }

  /** Bytes carried so far, both ways. */
  long bytes() {
    return bytes.get();
  }

  /** Ends all connections; new ones are taken. */
  void cut() {
    open.forEach(CountingProxy::end);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket behind = new Socket(target.getHost(), target.getPort());
        client.setTcpNoDelay(true);
        behind.setTcpNoDelay(true);
        open.add(client);
        open.add(behind);
        run("bench-proxy-up", () -> carry(client, behind));
        run("bench-proxy-down", () -> carry(behind, client));
      } catch (IOException nobodyThere) {
        // the client sees its connection end and tries again
      }
    }
  }

  private void carry(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes.addAndGet(read);
        out.write(buffer, 0, read);
      }
    } catch (IOException ended) {
      // the other way ends with it
    }
    end(from);
    end(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a connection failed: " + e.getMessage(), e);
    }
  }

  private static void run(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the proxy failed: " + e.getMessage(), e);
    }
    cut();
  }
}
