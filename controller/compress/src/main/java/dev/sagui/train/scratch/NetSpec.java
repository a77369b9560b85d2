/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A net that is trained from random weights, as recipes name it under {@code net}. */
public interface NetSpec {
  /** Where recipes name it. */
  String KEY = "net";

  /** Names that {@link #parse} knows. */
  List<String> NAMES = List.of(VaeSpec.NAME, GanSpec.NAME, LstmSpec.NAME, GptSpec.NAME);

  /**
   * Reads {@code vae}, {@code {vae: {latent: 32}}} and the like.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming the nearest known name or what
   *     was expected
   */
  static NetSpec parse(Object written) {
    Keys.Choice choice = new Keys("the recipe", Map.of(KEY, written)).choice(KEY, "", NAMES);
    Map<String, Object> keys = choice.keys().map();
    return switch (choice.name()) {
      case VaeSpec.NAME -> VaeSpec.parse(keys);
      case GanSpec.NAME -> GanSpec.parse(keys);
      case LstmSpec.NAME -> LstmSpec.parse(keys);
      case GptSpec.NAME -> GptSpec.parse(keys);
      default -> throw new IllegalStateException(choice.name() + " is unknown; this is a bug");
    };
  }

  /** As {@link #parse} reads it. */
  String name();

  /** Its parameters, every one written out. */
  Map<String, Object> parameters();

  /** As recipes have it, every key written out. */
  default Map<String, Object> json() {
    return new LinkedHashMap<>(Map.of(name(), parameters()));
  }

  /**
   * Reads the data.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST or NOT_FOUND when they cannot be used
   */
  Prepared prepare(Setting setting) throws IOException;
}
