/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;

/** Which part of a list a request asks for, as it was written; reading the list checks it. */
public record Page(
    @Parameter(description = "Most items of one answer, 1 to 500; 100 unless given.")
        @RestQuery
        @DefaultValue("")
        String limit,
    @Parameter(description = "'next' of the answer before; the list's start unless given.")
        @RestQuery
        @DefaultValue("")
        String cursor) {
  static final String NEXT = "Cursor of the page that follows; absent on the last.";

  private static final int DEFAULT = 100;
  private static final int MOST = 500;

  /** Reads a list from the item after {@code start} on. */
  interface Reader<S, T> {
    List<T> read(S start, int wanted);
  }

  /** The page of a list in the order of its items' keys. */
  <T> Response byKey(
      Reader<String, T> list,
      Function<List<T>, List<Map<String, Object>>> json,
      Function<T, String> keyOf) {
    return answer(list.read(cursor, size() + 1), json, keyOf);
  }

  /** The page of a list whose items have falling numbers. */
  <T> Response byFallingNumber(
      Reader<Long, T> list, Function<T, Map<String, Object>> json, Function<T, Long> numberOf) {
    long before = cursor.isEmpty() ? Long.MAX_VALUE : number("cursor", cursor, Long.MAX_VALUE);
    return answer(
        list.read(before, size() + 1), each(json), last -> String.valueOf(numberOf.apply(last)));
  }

  /** The page of a list that only knows positions. */
  <T> Response byPosition(Reader<Integer, T> list, Function<T, Map<String, Object>> json) {
    int from = cursor.isEmpty() ? 0 : (int) number("cursor", cursor, Integer.MAX_VALUE);
    return answer(
        list.read(from, size() + 1), each(json), last -> String.valueOf((long) from + size()));
  }

  /** A list that was read whole, read by position. */
  static <T> Reader<Integer, T> within(List<T> whole) {
    return (from, wanted) ->
        whole.subList(
            Math.min(from, whole.size()), (int) Math.min((long) from + wanted, whole.size()));
  }

  private static <T> Function<List<T>, List<Map<String, Object>>> each(
      Function<T, Map<String, Object>> json) {
    return items -> items.stream().map(json).toList();
  }

  private int size() {
    return limit.isEmpty() ? DEFAULT : (int) number("limit", limit, MOST);
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
   * @param read one more than wanted where there are more
   */
  private <T> Response answer(
      List<T> read,
      Function<List<T>, List<Map<String, Object>>> json,
      Function<T, String> cursorOf) {
    List<T> shown = read.subList(0, Math.min(size(), read.size()));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("items", json.apply(shown));
    if (read.size() > shown.size()) {
      map.put("next", cursorOf.apply(shown.get(shown.size() - 1)));
    }
    return Body.ok(map);
  }
}
