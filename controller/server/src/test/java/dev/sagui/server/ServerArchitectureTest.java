/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.sagui.house.HouseRules;
import org.junit.jupiter.api.Test;

class ServerArchitectureTest {
  private final JavaClasses classes = HouseRules.mainClassesOf("dev.sagui.server");

  @Test
  void namesSayWhatAClassIs() {
    HouseRules.names().check(classes);
  }

  @Test
  void whatDecidesIsPure() {
    HouseRules.pure(
            "dev.sagui.server.catalog..",
            "dev.sagui.server.fleet..",
            "dev.sagui.server.rollout..",
            "dev.sagui.server.telemetry..",
            "dev.sagui.server.trust..")
        .check(classes);
  }

  @Test
  void controllerDoesNotKnowTheAgent() {
    HouseRules.strangers("dev.sagui.server..", "dev.sagui.agent..").check(classes);
  }
}
