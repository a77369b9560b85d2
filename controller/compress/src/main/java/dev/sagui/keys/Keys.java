/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.keys;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.KnownNames;
import dev.sagui.failure.RejectedException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Keys and values at one place of a YAML file. What is not as expected is a RejectedException
 * BAD_REQUEST that says where.
 *
 * @param where as messages name the place: "the recipe", "adam"
 */
public record Keys(String where, Map<String, Object> map) {
  /** A name and what is said of it. */
  public record Choice(String name, Keys keys) {}

  public Keys {
    map = new LinkedHashMap<>(map);
  }

  /** Reads YAML, of which JSON is a part. */
  public static Keys parse(String text, String where) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    try {
      return of(new Yaml(new SafeConstructor(options)).load(text), where);
    } catch (YAMLException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw bad("expected YAML in %s: %s".formatted(where, why));
    }
  }

  /** Takes a map that a YAML reader made. */
  public static Keys of(@Nullable Object value, String where) {
    if (!(value instanceof Map<?, ?> map)) {
      throw bad("expected keys and values in %s, got '%s'".formatted(where, value));
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    map.forEach(
        (key, each) -> {
          if (each == null) {
            throw bad("expected a value under '%s' of %s, found nothing".formatted(key, where));
          }
          keys.put(String.valueOf(key), each);
        });
    return new Keys(where, keys);
  }

  /** As YAML, in the order of the keys. */
  public String yaml() {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.AUTO);
    return new Yaml(options).dump(map);
  }

  /** Refuses keys that are not known, naming the nearest one. */
  public Keys only(Collection<String> known) {
    map.keySet().forEach(key -> KnownNames.require(key, known, "key of " + where));
    return this;
  }

  public boolean has(String key) {
    return map.containsKey(key);
  }

  public Optional<Object> find(String key) {
    return Optional.ofNullable(map.get(key));
  }

  /** A text, or a number as it was written. */
  public Optional<String> text(String key) {
    return find(key)
        .map(
            value -> {
              if (value instanceof Map<?, ?> || value instanceof Collection<?>) {
                throw wrong(key, "a text", value);
              }
              return value.toString();
            });
  }

  /** A number from {@code low} to {@code high}, both included. */
  public double number(String key, double otherwise, double low, double high) {
    return find(key).map(value -> number(key, value, low, high)).orElse(otherwise);
  }

  private double number(String key, Object value, double low, double high) {
    double number = Double.NaN;
    try {
      number = Double.parseDouble(value.toString());
    } catch (NumberFormatException e) {
      // said below
    }
    if (!(number >= low && number <= high)) {
      throw wrong(key, "a number from %s to %s".formatted(plain(low), plain(high)), value);
    }
    return number;
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** A whole number of {@code least} or more. */
  public long whole(String key, long otherwise, long least) {
    Object value = map.get(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Integer || value instanceof Long)
        || ((Number) value).longValue() < least) {
      throw wrong(key, "a whole number of %d or more".formatted(least), value);
    }
    return ((Number) value).longValue();
  }

  /** A whole number from {@code least} to {@code most}, both included. */
  public int whole(String key, int otherwise, int least, int most) {
    long value = whole(key, otherwise, least);
    if (value > most) {
      throw wrong(key, "a whole number of %d to %d".formatted(least, most), value);
    }
    return (int) value;
  }

  /** Whole numbers from 1 to {@code most}, as many as {@code otherwise} has. */
  public List<Long> wholes(String key, List<Long> otherwise, int most) {
    Object value = find(key).orElse(otherwise);
    List<?> given = value instanceof List<?> list ? list : List.of();
    List<Long> numbers =
        given.stream()
            .filter(each -> each instanceof Integer || each instanceof Long)
            .map(each -> ((Number) each).longValue())
            .filter(number -> number >= 1 && number <= most)
            .toList();
    if (numbers.size() != otherwise.size() || given.size() != numbers.size()) {
      throw wrong(key, "%d whole numbers of 1 to %d".formatted(otherwise.size(), most), value);
    }
    return numbers;
  }

  /** True or false. */
  public boolean flag(String key, boolean otherwise) {
    Object value = find(key).orElse(otherwise);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "true or false", value);
  }

  /** The keys below a key; none where it is absent. */
  public Keys at(String key) {
    Object value = map.get(key);
    return value == null ? new Keys(key, Map.of()) : of(value, key);
  }

  /** A name alone, {@code adam}, or one with keys of its own, {@code {adam: {rate: 0.01}}}. */
  public Choice choice(String key, String otherwise, Collection<String> known) {
    Object value = map.getOrDefault(key, otherwise);
    Choice choice;
    if (value instanceof Map<?, ?> one) {
      if (one.size() != 1) {
        throw wrong(key, "one of " + known, one.keySet());
      }
      Map.Entry<?, ?> entry = one.entrySet().iterator().next();
      String name = String.valueOf(entry.getKey());
      choice = new Choice(name, of(entry.getValue(), name));
    } else {
      choice = new Choice(value.toString(), new Keys(value.toString(), Map.of()));
    }
    KnownNames.require(choice.name(), known, "value of '%s'".formatted(key));
    return choice;
  }

  /** A refusal of one value. */
  public RejectedException wrong(String key, String expected, Object found) {
    return bad("expected %s under '%s' of %s, got '%s'".formatted(expected, key, where, found));
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
