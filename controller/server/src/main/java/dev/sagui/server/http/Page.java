/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A page of a list: at most {@code limit} items, and a cursor when there may be more. */
record Page(int limit, String cursor) {
  private static final int DEFAULT = 100;
  private static final int MOST = 500;

  static Page of(String limit, String cursor) {
    return new Page(limit.isEmpty() ? DEFAULT : (int) number("limit", limit, MOST), cursor);
  }

  /** The cursor as a position; 0 at the start. */
  int offset() {
    return cursor.isEmpty() ? 0 : (int) number("cursor", cursor, Integer.MAX_VALUE);
  }

  /** The cursor as an id to stay below; the largest at the start. */
  long before() {
    return cursor.isEmpty() ? Long.MAX_VALUE : number("cursor", cursor, Long.MAX_VALUE);
  }

  private static long number(String key, String text, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= (key.equals("limit") ? 1 : 0)) {
        return Math.min(number, most);
      }
    } catch (NumberFormatException e) {
      // reported below like a number out of range
    }
    throw new RejectedException(
        FailureCode.BAD_REQUEST,
        "expected a number of a page before under '%s', found '%s'".formatted(key, text));
  }

  /**
   * @param items one more than {@code limit} where there are more
   * @param cursorOf gives the cursor of the page that follows an item
   */
  <T> Response answer(
      List<T> items, Function<T, Map<String, Object>> json, Function<T, String> cursorOf) {
    Map<String, Object> map = new LinkedHashMap<>();
    List<T> shown = items.size() > limit ? items.subList(0, limit) : items;
    map.put("items", shown.stream().map(json).toList());
    if (items.size() > limit) {
      map.put("next", cursorOf.apply(shown.get(shown.size() - 1)));
    }
    return Body.ok(map);
  }

  /** A page whose cursor is a position. */
  <T> Response answer(List<T> items, Function<T, Map<String, Object>> json) {
    return answer(items, json, last -> String.valueOf(offset() + limit));
  }
}
