/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

final class CountingProxyIT {
  @Test
  void carriesAndCountsBothWaysUntilItIsCut() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CountingProxy network =
            new CountingProxy(URI.create("tcp://127.0.0.1:" + server.getLocalPort()));
        Socket client = new Socket("127.0.0.1", URI.create(network.url()).getPort());
        Socket behind = server.accept()) {
      client.getOutputStream().write(new byte[1000]);
      assertEquals(1000, behind.getInputStream().readNBytes(1000).length);
      behind.getOutputStream().write(new byte[10]);
      assertEquals(10, client.getInputStream().readNBytes(10).length);
      assertEquals(1010, network.bytes());
      network.cut();
      assertEquals(-1, client.getInputStream().read());
    }
  }
}
