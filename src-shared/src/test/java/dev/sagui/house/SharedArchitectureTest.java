/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.house;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

class SharedArchitectureTest {
  private final JavaClasses classes = HouseRules.mainClassesOf("dev.sagui");

  @Test
  void namesSayWhatAClassIs() {
    HouseRules.names().check(classes);
  }

  @Test
  void everythingSharedIsPure() {
    HouseRules.pure("dev.sagui..").check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.sagui.(*)..").should().beFreeOfCycles().check(classes);
  }
}
