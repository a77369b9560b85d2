/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.server.mqtt.PahoLink;
import dev.sagui.server.work.Benches;
import dev.sagui.server.work.Forgetting;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Starts what runs by itself. */
@Singleton
public final class Lifecycle {
  void start(@Observes StartupEvent event, PahoLink link, Benches benches, Forgetting forgetting) {
    link.start();
    benches.start(link);
    forgetting.start();
  }
}
