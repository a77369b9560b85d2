/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes documents that look like a good one and are not: what fuzzers of payloads send. */
public final class JsonMangler {
  private static final List<Object> VALUES =
      List.of(
          Json.Absent.NULL,
          true,
          "",
          "\u0000\ud7ff",
          "x".repeat(3_000),
          "9".repeat(40),
          "P1000000000000D",
          "AAAA",
          "/w==",
          0L,
          -1L,
          1L << 31,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          1e308,
          -0.5,
          List.of(),
          List.of(List.of(Json.Absent.NULL)),
          Map.of(),
          Map.of("", 1L));
  private static final List<String> TEXTS =
      List.of(
          "1e999", "-1e400", "NaN", "99999999999999999999", "[".repeat(70), "{\"a\":1,\"a\":2}");

  private final Random random;

  public JsonMangler(long seed) {
    this.random = new Random(seed);
  }

  /** Another document: values of other kinds, keys that are gone, or bytes that are no JSON. */
  public byte[] mangled(byte[] json) {
    switch (random.nextInt(4)) {
      case 0:
        return bytes(json);
      case 1:
        return text(json);
      default:
        Object value = Json.parse(json);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          value = node(value);
        }
        return Json.write(value);
    }
  }

  /** Bytes flipped, cut off or added, of whatever form. */
  public byte[] bytes(byte[] form) {
    byte[] other = Arrays.copyOf(form, random.nextInt(form.length + 40));
    for (int i = random.nextInt(8); i > 0 && other.length > 0; i--) {
      other[random.nextInt(other.length)] = (byte) random.nextInt();
    }
    return other;
  }

  /** A number or string becomes what {@link Json} does not write. */
  private byte[] text(byte[] json) {
    String[] parts = new String(json, StandardCharsets.UTF_8).split(":", -1);
    int at = random.nextInt(parts.length);
    parts[at] = any(TEXTS) + parts[at].replaceFirst("^[^,}\\]]+", "");
    return String.join(":", parts).getBytes(StandardCharsets.UTF_8);
  }

  private Object node(Object value) {
    if (value instanceof Map<?, ?> map && !map.isEmpty() && random.nextInt(8) > 0) {
      Map<Object, Object> copy = new LinkedHashMap<>(map);
      Object key = any(List.copyOf(map.keySet()));
      if (random.nextInt(6) == 0) {
        copy.remove(key);
      } else {
        copy.put(key, node(map.get(key)));
      }
      return copy;
    }
    if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(8) > 0) {
      List<Object> copy = new ArrayList<>(list);
      int at = random.nextInt(copy.size());
      copy.set(at, node(copy.get(at)));
      return copy;
    }
    return any(VALUES);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
