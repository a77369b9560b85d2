/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import java.util.Optional;

/** The pages of fits. */
public final class FitPageStore {
  private final Database database;

  public FitPageStore(Database database) {
    this.database = database;
  }

  public void put(String fit, String html) {
    database.write(h -> h.execute("UPDATE fits SET page = ? WHERE id = ?", html, fit));
  }

  public Optional<String> find(String fit) {
    return database.read(
        h ->
            h.createQuery("SELECT page FROM fits WHERE id = :id AND page <> ''")
                .bind("id", fit)
                .mapTo(String.class)
                .findOne());
  }
}
