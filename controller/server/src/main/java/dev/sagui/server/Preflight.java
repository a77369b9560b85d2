/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.server.store.KeyFile;
import dev.sagui.server.work.Profiles;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Finds what would stop the controller, before anything is started. */
final class Preflight {
  // held until the process ends
  private static @Nullable FileLock lock;

  private Preflight() {}

  /**
   * @return what was found to be well
   * @throws RejectedException BAD_CONFIG, STATE_FOLDER_IN_USE or PORT_IN_USE
   */
  static Settings check() throws IOException {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultSources()
            .addDefaultInterceptors()
            .addDiscoveredSources()
            .addDiscoveredConverters()
            .withMapping(ControllerConfig.class)
            .withMappingIgnore("sagui.**")
            .build();
    Settings settings = Settings.of(config.getConfigMapping(ControllerConfig.class));
    Profiles.read(settings.profiles());
    if (settings.worker().only()) {
      served(settings.home());
      return settings;
    }
    Files.createDirectories(settings.home());
    lock(settings.home());
    KeyFile.open(settings.home());
    free("sagui.http.port", settings.httpHost(), settings.httpPort());
    if (settings.externalBroker().isEmpty()) {
      free("sagui.mqtt.port", settings.mqttHost(), settings.mqttPort());
    }
    return settings;
  }

  /** A worker makes nothing that the controller makes. */
  private static void served(Path home) {
    if (!Files.exists(home.resolve(Wiring.DATABASE))) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG,
          "sagui.worker.only: expected the home of a controller, found none at '%s'; start the controller first"
              .formatted(home));
    }
  }

  private static void lock(Path home) throws IOException {
    FileChannel file =
        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    lock = file.tryLock();
    if (lock == null) {
      throw new RejectedException(
          FailureCode.STATE_FOLDER_IN_USE,
          "another controller runs on '%s'; end it, or choose another sagui.home".formatted(home));
    }
  }

  private static void free(String key, String host, int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new RejectedException(
          FailureCode.PORT_IN_USE,
          "%s: cannot listen on %s:%d (%s); choose another port, or 0 for a free one"
              .formatted(key, host, port, e.getMessage()),
          e);
    }
  }
}
