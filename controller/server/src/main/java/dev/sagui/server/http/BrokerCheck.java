/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.mqtt.PahoLink;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the broker is reached. */
@Readiness
@Singleton
public final class BrokerCheck implements HealthCheck {
  private final PahoLink link;

  BrokerCheck(PahoLink link) {
    this.link = link;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("broker").status(link.isListening()).build();
  }
}
