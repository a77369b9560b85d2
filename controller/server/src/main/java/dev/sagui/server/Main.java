/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.failure.RejectedException;
import dev.sagui.server.mqtt.Broker;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.vertx.http.HttpServer;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;

/** The controller's process. */
@QuarkusMain
public final class Main implements QuarkusApplication {
  private static final int BAD_USE = 2;

  private final Settings settings;
  private final Instance<Broker> broker;
  private final Instance<HttpServer> http;

  @Inject
  Main(Settings settings, Instance<Broker> broker, Instance<HttpServer> http) {
    this.settings = settings;
    this.broker = broker;
    this.http = http;
  }

  public static void main(String[] args) {
    try {
      if (Preflight.check().worker().only()) {
        System.setProperty("quarkus.http.host-enabled", "false");
      }
    } catch (RejectedException e) {
      String.valueOf(e.getMessage()).lines().forEach(line -> System.err.println("sagui: " + line));
      System.exit(BAD_USE);
    } catch (IOException e) {
      System.err.println("sagui: cannot use sagui.home: " + e);
      System.exit(BAD_USE);
    }
    Quarkus.run(Main.class, args);
  }

  @Override
  public int run(String... args) throws IOException {
    if (settings.worker().only()) {
      System.out.printf("sagui worker ready home=%s%n", settings.home());
    } else {
      announce(broker.get(), http.get());
    }
    System.out.flush();
    Quarkus.waitForExit();
    return 0;
  }

  private void announce(Broker open, HttpServer listening) throws IOException {
    String httpUrl = "http://%s:%d".formatted(settings.httpHost(), listening.getPort());
    Announcement.write(settings.home(), httpUrl, open.url());
    System.out.printf(
        "sagui controller ready http=%s mqtt=%s home=%s%n", httpUrl, open.url(), settings.home());
  }
}
