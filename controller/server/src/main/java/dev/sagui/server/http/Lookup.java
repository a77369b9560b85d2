/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.store.ModelStore;

/** Things that a request names, or the problem that they are not there. */
final class Lookup {
  private Lookup() {}

  static Model model(ModelStore models, String name) {
    return models.find(name).orElseThrow(() -> absent("model", name, "GET /api/v1/models"));
  }

  /**
   * The name that a request gives to what it makes.
   *
   * @param key of the query
   */
  static ArtifactName newName(String key, String text) {
    try {
      return new ArtifactName(text);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(FailureCode.BAD_REQUEST, "?" + key + "=: " + e.getMessage(), e);
    }
  }

  static RejectedException absent(String what, String name, String list) {
    return new RejectedException(
        FailureCode.NOT_FOUND, "no %s is named '%s'; %s lists them".formatted(what, name, list));
  }
}
