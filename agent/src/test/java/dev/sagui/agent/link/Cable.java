/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A TCP relay that a test can cut, or let err in other ways. */
public final class Cable implements AutoCloseable {
  /** What is wrong with it. */
  public enum Trouble {
    NONE,
    /** What is sent on connections that stand is lost, either way; new ones are well. */
    HALF_OPEN,
    /** Nothing comes to the near side. */
    ONE_WAY,
    /** 1,460 bytes in two seconds come to the near side, as when 99 of 100 packets are lost. */
    LOSSY,
    /** 1,460 bytes in 75 ms come to the near side. */
    SLOW,
    /** What comes to the near side in bursts of more than a small packet stays away. */
    MTU_HOLE,
    /** Three connections are reset after so many bytes to the near side each. */
    RESETS,
    /** Who connects is sent to a page to log in at. */
    PORTAL
  }

  private static final int PACKET = 1_460;
  private static final byte[] PORTAL =
      "HTTP/1.1 302 Found\r\nLocation: http://login.invalid/\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server;
  private final int to;
  private final List<Socket> ends = new CopyOnWriteArrayList<>();
  private volatile Trouble trouble = Trouble.NONE;
  private volatile long halfOpenBefore;
  private volatile int resetsLeft = 3;
  private volatile int resetBytes = 300_000;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private volatile boolean closed;

  public Cable(int to) throws IOException {
    this.to = to;
    this.server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  public URI url() {
    return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
  }

  /** Errs like that from now on; {@link Trouble#NONE} heals all that is not lost. */
  public void fail(Trouble how) {
    halfOpenBefore = System.nanoTime();
    trouble = how;
  }

  /** How many bytes connections carry that are reset. */
  public void resetAfter(int bytes) {
    resetBytes = bytes;
  }

  /** Ends all connections, without a word of either side; new ones may be made. */
  public void cut() throws IOException {
    for (Socket end : ends) {
      end.close();
    }
    ends.clear();
  }

  /** What has come from the near sides of all connections up to now. */
  public byte[] sent() {
    return sent.toByteArray();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket near = server.accept();
        ends.add(near);
        if (trouble == Trouble.PORTAL) {
          daemon(() -> redirect(near));
        } else {
          join(near);
        }
      } catch (IOException e) {
        // closed, or nobody at the far end
      }
    }
  }

  private void join(Socket near) throws IOException {
    long since = System.nanoTime();
    try {
      Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
      ends.add(far);
      daemon(() -> pump(near, far, false, since));
      daemon(() -> pump(far, near, true, since));
    } catch (IOException e) {
      near.close();
    }
  }

  private static void redirect(Socket near) {
    try (near) {
      if (near.getInputStream().read(new byte[1 << 10]) >= 0) {
        near.getOutputStream().write(PORTAL);
      }
    } catch (IOException e) {
      // as good as answered
    }
  }

  private void pump(Socket from, Socket into, boolean nearer, long since) {
    try (from;
        into) {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      byte[] packet = new byte[PACKET];
      long carried = 0;
      for (int read = in.read(packet); read >= 0; read = in.read(packet)) {
        carried += read;
        if (!nearer) {
          sent.write(packet, 0, read);
        }
        if (nearer && trouble == Trouble.RESETS && carried > resetBytes) {
          trouble = --resetsLeft > 0 ? Trouble.RESETS : Trouble.NONE;
          into.setSoLinger(true, 0);
          return;
        }
        if (!hold(nearer, since, read + in.available())) {
          out.write(packet, 0, read);
        }
      }
    } catch (IOException e) {
      // cut
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits as long as nothing passes; whether the packet is lost. */
  private boolean hold(boolean nearer, long since, int burst) throws InterruptedException {
    if (nearer && (trouble == Trouble.LOSSY || trouble == Trouble.SLOW)) {
      TimeUnit.MILLISECONDS.sleep(trouble == Trouble.SLOW ? 75 : 2_000);
    }
    while (!closed
        && nearer
        && (trouble == Trouble.ONE_WAY || trouble == Trouble.MTU_HOLE && burst >= PACKET)) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return trouble == Trouble.HALF_OPEN && since - halfOpenBefore < 0;
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    cut();
  }
}
