/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.fleet.Hearing;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the broker is reached. */
@Readiness
@Singleton
public final class BrokerCheck implements HealthCheck {
  private final Hearing hearing;

  BrokerCheck(Hearing hearing) {
    this.hearing = hearing;
  }

  @Override
  public HealthCheckResponse call() {
    Optional<String> trouble = hearing.trouble();
    HealthCheckResponseBuilder answer =
        HealthCheckResponse.named("broker").status(trouble.isEmpty());
    trouble.ifPresent(why -> answer.withData("trouble", why));
    return answer.build();
  }
}
