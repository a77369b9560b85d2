/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.json;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * One JSON object, read key by key. Every getter throws MALFORMED_PAYLOAD with the path of the key
 * when it is missing or of another type; unknown keys are ignored, so that newer writers can be
 * read.
 */
public final class Fields {
  private final Map<?, ?> map;
  private final String path;

  private Fields(Map<?, ?> map, String path) {
    this.map = map;
    this.path = path;
  }

  /**
   * @throws RejectedException NOT_JSON, or MALFORMED_PAYLOAD when the document is not an object
   */
  public static Fields parse(byte[] json) {
    return of(Json.parse(json), "");
  }

  /** An object without keys. */
  public static Fields empty() {
    return new Fields(Map.of(), "");
  }

  /** The object as plain values, for {@link Json#write}. */
  public Map<?, ?> values() {
    return Collections.unmodifiableMap(map);
  }

  private static Fields of(Object value, String path) {
    if (value instanceof Map<?, ?> map) {
      return new Fields(map, path);
    }
    throw wrong(path.isEmpty() ? "document" : path, "an object", value);
  }

  public boolean has(String key) {
    return map.containsKey(key) && map.get(key) != Json.Absent.NULL;
  }

  public String string(String key) {
    return get(key, String.class, "a string");
  }

  public Optional<String> findString(String key) {
    return has(key) ? Optional.of(string(key)) : Optional.empty();
  }

  /**
   * The string under {@code key} as a value of its own type, e.g. {@code typed("digest",
   * Digest::new)}; what the type refuses is MALFORMED_PAYLOAD.
   */
  public <T> T typed(String key, Function<String, T> type) {
    String text = string(key);
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "'%s%s': %s".formatted(path, key, e.getMessage()), e);
    }
  }

  public long integer(String key) {
    return get(key, Long.class, "an integer");
  }

  public double number(String key) {
    return get(key, Number.class, "a number").doubleValue();
  }

  public OptionalDouble findNumber(String key) {
    return has(key) ? OptionalDouble.of(number(key)) : OptionalDouble.empty();
  }

  public boolean flag(String key) {
    return get(key, Boolean.class, "true or false");
  }

  public Fields object(String key) {
    return of(get(key, Map.class, "an object"), path + key + ".");
  }

  /** The array under {@code key}, each element an object; absent means empty. */
  public <T> List<T> objects(String key, Function<Fields, T> each) {
    return elements(key).stream().map(item -> each.apply(of(item, path + key + "[]."))).toList();
  }

  /** The array of strings under {@code key}; absent means empty. */
  public List<String> strings(String key) {
    return elements(key).stream()
        .map(item -> cast(item, String.class, path + key + "[]", "a string"))
        .toList();
  }

  /** The array of integers under {@code key}; absent means empty. */
  public long[] integers(String key) {
    return elements(key).stream()
        .mapToLong(item -> cast(item, Long.class, path + key + "[]", "an integer"))
        .toArray();
  }

  /** The object under {@code key} as string pairs in order; absent means empty. */
  public Map<String, String> pairs(String key) {
    if (!has(key)) {
      return Map.of();
    }
    Map<String, String> pairs = new java.util.LinkedHashMap<>();
    object(key).map.forEach((k, v) -> pairs.put(k.toString(), v.toString()));
    return pairs;
  }

  /** The keys in the order of the document. */
  public List<String> keys() {
    return map.keySet().stream().map(Object::toString).toList();
  }

  /** The object as JSON. */
  @Override
  public String toString() {
    return new String(Json.write(map), StandardCharsets.UTF_8);
  }

  private List<?> elements(String key) {
    return has(key) ? get(key, List.class, "an array") : List.of();
  }

  private <T> T get(String key, Class<T> type, String wanted) {
    Object value = map.get(key);
    if (value == null) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "expected key '%s%s', found none".formatted(path, key));
    }
    return cast(value, type, path + key, wanted);
  }

  private static <T> T cast(Object value, Class<T> type, String where, String wanted) {
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    throw wrong(where, wanted, value);
  }

  private static RejectedException wrong(String where, String wanted, Object found) {
    String shown = found.toString();
    return new RejectedException(
        FailureCode.MALFORMED_PAYLOAD,
        "expected %s under '%s', found %s"
            .formatted(wanted, where, shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
  }
}
