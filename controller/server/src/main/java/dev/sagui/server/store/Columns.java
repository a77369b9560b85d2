/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Values as the tables hold them. */
final class Columns {
  private Columns() {}

  static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getString(column), column);
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  static String json(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  static Fields object(String json) {
    return Fields.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  static Optional<Fields> findObject(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).map(Columns::object);
  }

  /** A list of objects, wrapped so that it is one document. */
  static String list(List<? extends Map<String, Object>> items) {
    return json(Map.of("items", items));
  }

  static <T> List<T> list(ResultSet row, String column, Function<Fields, T> each)
      throws SQLException {
    return object(text(row, column)).objects("items", each);
  }

  static String strings(List<String> items) {
    return json(Map.of("items", items));
  }

  static List<String> strings(ResultSet row, String column) throws SQLException {
    return object(text(row, column)).strings("items");
  }
}
