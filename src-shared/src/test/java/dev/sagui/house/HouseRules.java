/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of ARCHITECTURE.md that hold in every module. */
public final class HouseRules {
  private HouseRules() {}

  /** The classes of a module's main code under {@code packages}. */
  public static JavaClasses mainClassesOf(String... packages) {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(new ImportOption.DoNotIncludeJars())
        .importPackages(packages);
  }

  public static ArchRule names() {
    return noClasses()
        .should()
        .haveNameMatching(".*\\.(I[A-Z][a-z]\\w*er|Abstract\\w*|\\w*(Impl|Manager|Helper|Utils?))")
        .because("a class is named for what it is");
  }

  /** Pure packages do no IO and read no clock and no randomness that was not handed in. */
  public static ArchRule pure(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.nio.file..",
            "java.net..",
            "java.sql..",
            "java.util.logging..",
            "ai.onnxruntime..")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callConstructor(java.util.Random.class)
        .because("pure packages decide, they do not act");
  }

  /** Topic strings stand in {@code dev.sagui.wire.Topics} alone; no module knows the other. */
  public static ArchRule strangers(String from, String to) {
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(to)
        .allowEmptyShould(true);
  }
}
