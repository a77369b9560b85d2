/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.sagui.house.HouseRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentArchitectureTest {
  private final JavaClasses classes = HouseRules.mainClassesOf("dev.sagui.agent");

  @Test
  void namesSayWhatAClassIs() {
    HouseRules.names().check(classes);
  }

  @Test
  void theUpdateRulesArePure() {
    HouseRules.pure("dev.sagui.agent.update..").check(classes);
  }

  @Test
  void theUpdateRulesKnowOnlySharedValues() {
    classes()
        .that()
        .resideInAPackage("dev.sagui.agent.update..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.time..",
            "java.util..",
            "org.jspecify..",
            "dev.sagui.agent.update..",
            "dev.sagui.artifact..",
            "dev.sagui.failure..",
            "dev.sagui.json..",
            "dev.sagui.wire..")
        .check(classes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.sagui.server", "dev.sagui.onnx", "dev.sagui.fit", "dev.sagui.cli"})
  void theAgentDoesNotKnowTheController(String controller) {
    HouseRules.strangers("dev.sagui.agent..", controller + "..").check(classes);
  }

  @Test
  void onlyTheOuterPackageWires() {
    noClasses()
        .that()
        .resideInAPackage("dev.sagui.agent.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.sagui.agent")
        .check(classes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ai.onnxruntime", "org.eclipse.paho.mqttv5.client"})
  void aForeignLibraryStaysBehindItsPort(String library) {
    noClasses()
        .that()
        .resideInAPackage("dev.sagui.agent..")
        .and()
        .resideOutsideOfPackages("dev.sagui.agent.engine", "dev.sagui.agent.link")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..")
        .check(classes);
  }
}
