/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.recipe.RecipeFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Short forms of steps that do not exist yet: named, so that the answer can say what does. */
final class PlannedSteps {
  @Option(names = "--prune", hidden = true)
  private Optional<String> prune = Optional.empty();

  @Option(names = "--sparsify", hidden = true)
  private Optional<String> sparsify = Optional.empty();

  @Option(names = "--threshold", hidden = true)
  private Optional<String> threshold = Optional.empty();

  void refuse() {
    Map<String, Optional<String>> given = new LinkedHashMap<>();
    given.put("--prune", prune);
    given.put("--sparsify", sparsify);
    given.put("--threshold", threshold);
    given.forEach(
        (name, value) -> {
          if (value.isPresent()) {
            throw new RejectedException(
                FailureCode.BAD_REQUEST,
                "%s does not exist yet; the steps that do are %s (--store int8|fp16)"
                    .formatted(name, RecipeFile.STEPS));
          }
        });
  }
}
