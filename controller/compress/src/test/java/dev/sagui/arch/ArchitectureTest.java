/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(new ImportOption.DoNotIncludeJars())
          .importPackages("dev.sagui");

  @Test
  void libraryKnowsNothingOfFleets() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.quarkus..",
            "org.eclipse.paho..",
            "java.net.http..",
            "com.sun.net.httpserver..",
            "picocli..",
            "dev.sagui.wire..",
            "dev.sagui.server..",
            "dev.sagui.agent..",
            "dev.sagui.cli..")
        .check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.sagui.(*)..").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void onlyRunTouchesTheRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sagui.run..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(OURS);
  }

  @Test
  void graphKnowsNoRuntimeAndNoTechnique() {
    noClasses()
        .that()
        .resideInAPackage("dev.sagui.onnx..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.sagui.run..", "dev.sagui.quantize..", "dev.sagui.recipe..", "dev.sagui.fit..")
        .check(OURS);
  }

  @Test
  void decisionsDoNoInputOrOutput() {
    noClasses()
        .that()
        .haveNameMatching(
            "dev\\.sagui\\.(fit\\.(Decision|DeviceTime|Preference|Reasons|Wish)|recipe\\.(Recipe|Gate|Quantity)"
                + "|quality\\.(OutputComparison|Quality|NominalRange|ImageLayout|[a-z]+\\.\\w+)"
                + "|quantize\\.(ChannelLayout|WeightUses)"
                + "|onnx\\.(Half|ModelCheck|GraphWalk|TensorMap|FactsReader|TensorSize))(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.(io\\..*(Stream|Reader|Writer|File)|nio\\.file\\.Files|nio\\.channels\\..*)")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(OURS);
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(OURS);
  }

  @Test
  void randomnessHasASeed() {
    noClasses()
        .should()
        .callConstructor(java.util.Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(OURS);
  }
}
