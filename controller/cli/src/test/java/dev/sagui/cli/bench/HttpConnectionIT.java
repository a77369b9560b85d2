/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpConnectionIT {
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/sized", exchange -> echo(exchange, true));
    server.createContext("/chunked", exchange -> echo(exchange, false));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void readsSizedAndChunkedAnswersOverOneConnection() throws IOException {
    byte[] body = new byte[300_000];
    new Random(1).nextBytes(body);
    try (HttpConnection connection = new HttpConnection(server.getAddress().getPort())) {
      for (String path : new String[] {"/sized", "/chunked", "/sized"}) {
        HttpConnection.Answer answer = connection.send(HttpConnection.post(path, "", body));
        assertEquals(200, answer.status());
        assertArrayEquals(body, answer.body());
      }
      assertEquals(404, connection.send(HttpConnection.get("/none")).status());
    }
  }

  @Test
  void timesEveryRequestOfBothLoads() {
    Sample a = new Sample();
    Sample b = new Sample();
    byte[] request = HttpConnection.post("/sized", "", new byte[8]);
    try (HttpConnection first = new HttpConnection(server.getAddress().getPort());
        HttpConnection second = new HttpConnection(server.getAddress().getPort())) {
      Load.interleave(60, 25, new Load(first, request), a, new Load(second, request), b);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertEquals(60, a.size());
    assertEquals(60, b.size());
    a.add(Duration.ofHours(1));
    assertEquals(61, a.size());
  }

  private static void echo(HttpExchange exchange, boolean sized) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, sized ? body.length : 0);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
