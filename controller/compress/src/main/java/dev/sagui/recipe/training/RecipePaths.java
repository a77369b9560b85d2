/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import java.nio.file.Path;

/** Paths in a recipe, which are relative to its folder. */
final class RecipePaths {
  private RecipePaths() {}

  static String relative(Path file, Path base) {
    return base.toAbsolutePath()
        .normalize()
        .relativize(file.toAbsolutePath().normalize())
        .toString();
  }
}
