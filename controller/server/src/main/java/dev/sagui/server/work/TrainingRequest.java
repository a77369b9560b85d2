/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.keys.Keys;
import dev.sagui.recipe.training.TrainingRecipe;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.run.DataSpec;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.store.ModelStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recipe that a request brought: it names models of the catalog and data sets, and reads no other
 * files.
 *
 * @param text with data where it is; models are folders of their names beside it
 * @param data names of the data sets
 * @param models that it reads
 * @param pair whether it makes an encoder beside its decoder
 */
record TrainingRequest(String text, List<String> data, List<Model> models, boolean pair) {
  private static final String WHERE = "the recipe";
  private static final Path HERE = Path.of("");

  /**
   * @throws RejectedException BAD_REQUEST, or NOT_FOUND for a model or data
   */
  static TrainingRequest of(TrainingVerb verb, String written, ModelStore models, DataSets data) {
    Keys keys = Keys.parse(written, WHERE);
    if (keys.has("out")) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "recipe: leave 'out' out; the result is the model that the request names");
    }
    List<DataSpec> read = new ArrayList<>();
    Map<String, Object> whole = new LinkedHashMap<>();
    keys.map().forEach((key, value) -> whole.put(key, located(value, data, read)));
    String text = new String(Json.write(whole), StandardCharsets.UTF_8);
    TrainingRecipe recipe = parsed(verb, text);
    List<Model> found = new ArrayList<>();
    recipe.files().forEach((key, file) -> found.add(model(key, file, models)));
    recipe.json(recipe.course(), HERE); // reads what parsing leaves for later
    boolean pair = keys.has("encoder") || String.valueOf(keys.map().get("net")).contains("vae");
    return new TrainingRequest(text, data.names(read), found, pair);
  }

  private static TrainingRecipe parsed(TrainingVerb verb, String text) {
    try {
      return TrainingRecipe.parse(verb, text, HERE);
    } catch (InvalidPathException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "recipe: no name of a model: " + e.getMessage(), e);
    }
  }

  /** The same with every text that is data with files where they are. */
  private static Object located(Object value, DataSets data, List<DataSpec> read) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> all = new LinkedHashMap<>();
      map.forEach((key, each) -> all.put(key, located(each, data, read)));
      return all;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(each -> located(each, data, read)).toList();
    }
    if (value instanceof String text && DataSpec.startsWithKind(text)) {
      DataSpec spec = DataSpec.parse(text);
      DataSpec found = data.located(spec);
      read.add(spec);
      return found.toString();
    }
    return value;
  }

  private static Model model(String key, Path file, ModelStore models) {
    return models
        .find(file.toString())
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.NOT_FOUND,
                    "recipe: expected the name of a model under '%s', found '%s'; GET /api/v1/models lists them"
                        .formatted(key, file)));
  }
}
