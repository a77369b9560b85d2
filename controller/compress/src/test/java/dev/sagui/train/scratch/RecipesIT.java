/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sagui.keys.Keys;
import dev.sagui.train.Training;
import dev.sagui.train.plan.TrainingKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes that come with the project, for a few steps on part of their data. */
class RecipesIT {
  private static final Path RECIPES = Path.of("../../deploy/recipes");
  private static final Path PICTURES = Path.of("/usr/share/datasets/fashion-mnist");

  private static Keys recipe(String name) throws Exception {
    Keys all = Keys.parse(Files.readString(RECIPES.resolve(name + ".yaml")), name);
    List<String> known = new ArrayList<>(List.of("seed", NetSpec.KEY));
    known.addAll(Setting.NAMES);
    known.addAll(TrainingKeys.NAMES);
    return all.only(known);
  }

  private static Keys shortened(Keys recipe, int samples) {
    Map<String, Object> map = new LinkedHashMap<>(recipe.map());
    map.computeIfPresent("data", (key, value) -> limited(value, samples));
    map.computeIfPresent("held-out", (key, value) -> limited(value, 200));
    return new Keys(recipe.where(), map);
  }

  private static Object limited(Object spec, int samples) {
    return spec.toString().startsWith("idx:") ? spec + ":" + samples : "text:../../LICENSE";
  }

  @ParameterizedTest
  @CsvSource({"fashion-vae,12", "fashion-dcgan,40", "tiny-gpt,12", "char-lstm,12"})
  void getsBetterWithinAFewSteps(String name, int steps) throws Exception {
    assumeTrue(!name.startsWith("fashion") || Files.isDirectory(PICTURES));
    Keys recipe = shortened(recipe(name), 600);
    TrainingKeys keys = TrainingKeys.parse(recipe, TrainingKeys.USUAL).withSteps(steps);
    Setting setting =
        Setting.parse(recipe, keys.batch(), 2, recipe.whole("seed", 0, Long.MIN_VALUE));
    NetSpec net = NetSpec.parse(recipe.map().get(NetSpec.KEY));
    assertEquals(net, NetSpec.parse(net.json()));
    Prepared prepared = net.prepare(setting);
    try (Training training = prepared.training(keys.trainer())) {
      double before = training.score().value();
      while (training.done() < steps) {
        training.step();
      }
      double after = training.score().value();
      assertTrue(after < before, before + " to " + after);
    }
  }
}
