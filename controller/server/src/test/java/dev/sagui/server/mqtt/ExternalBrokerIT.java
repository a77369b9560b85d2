/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.server.PackagedController;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller whose broker is not there yet. */
class ExternalBrokerIT {
  @TempDir Path home;

  @Test
  void saysThatTheBrokerIsNotReachedAndConnectsWhenItAppears() throws Exception {
    int port = freePort();
    String address = "tcp://127.0.0.1:" + port;
    try (PackagedController controller =
        PackagedController.start(
            home.resolve("controller"), "sagui.mqtt.embedded=false", "sagui.mqtt.url=" + address)) {
      HttpResponse<String> down = get(controller, "/q/health");
      assertEquals(503, down.statusCode());
      assertTrue(down.body().contains(address), down.body());
      String notice = "The broker at " + address + " is not reached";
      assertTrue(get(controller, "/").body().contains(notice));
      assertEquals(200, get(controller, "/api/v1/devices").statusCode());
      try (EmbeddedBroker broker =
          EmbeddedBroker.start(
              "127.0.0.1", port, Optional.empty(), Optional.empty(), home.resolve("broker"))) {
        assertEquals(address, broker.url().toString());
        awaitUp(controller);
        assertTrue(!get(controller, "/").body().contains(notice));
      }
    }
  }

  private static void awaitUp(PackagedController controller) throws Exception {
    for (int i = 0; i < 600 && get(controller, "/q/health").statusCode() != 200; i++) {
      Thread.sleep(100);
    }
    HttpResponse<String> health = get(controller, "/q/health");
    assertEquals(200, health.statusCode(), health.body());
  }

  private static HttpResponse<String> get(PackagedController controller, String path)
      throws Exception {
    HttpRequest request = HttpRequest.newBuilder(controller.url().resolve(path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  private static int freePort() throws Exception {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
