/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a student is made of its teacher, as recipes write it: {@code {width: 0.5}}, {@code {flops:
 * 0.5}}, {@code {latency: 0.45}}, {@code {depth: 0.5}}, {@code {block: separable}} or combinations
 * of them, or {@code {file: student.onnx}}.
 *
 * @param size how much is left
 * @param depth share of the residual blocks that stay
 * @param block cheaper layers
 * @param file the user's own graph, and nothing else then
 * @param chosen by an earlier run; what is there is not searched for again
 */
public record StudentSpec(
    Optional<Size> size,
    OptionalDouble depth,
    Optional<Block> block,
    Optional<Path> file,
    Chosen chosen) {
  private static final List<String> SIZES = List.of("width", "flops", "latency");
  private static final List<String> KEYS =
      List.of("width", "flops", "latency", "depth", "block", "file", "widths", "forms", "removed");

  /** What a share is of. */
  public enum Measure {
    /** Each hidden width. */
    WIDTH,
    /** The multiplications. */
    FLOPS,
    /** The time of a run at batch 1, on this machine. */
    LATENCY;

    String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * How much is left of the teacher.
   *
   * @param share above 0, up to 1
   */
  public record Size(Measure measure, double share) {}

  /**
   * What a search found.
   *
   * @param widths of the groups of channels; empty to choose, or when none were narrowed
   * @param forms of replaced layers by what they give; empty to choose
   * @param removed outputs of the residual sums whose branches went; empty to choose
   */
  public record Chosen(List<Integer> widths, Map<String, String> forms, List<String> removed) {
    /** Nothing yet. */
    public static final Chosen NOTHING = new Chosen(List.of(), Map.of(), List.of());

    public Chosen {
      widths = List.copyOf(widths);
      forms = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(forms));
      removed = List.copyOf(removed);
    }
  }

  /** Every hidden width times a factor. */
  public static StudentSpec width(double factor) {
    return new StudentSpec(
        Optional.of(new Size(Measure.WIDTH, factor)),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        Chosen.NOTHING);
  }

  /**
   * @throws RejectedException BAD_REQUEST for what recipes do not know
   */
  public static StudentSpec parse(Map<?, ?> json) {
    for (Object key : json.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw bad("unknown key '%s' of a student, there are %s".formatted(key, KEYS));
      }
    }
    List<String> sizes = SIZES.stream().filter(json::containsKey).toList();
    if (sizes.size() > 1) {
      throw bad("expected one of %s for a student, got %s".formatted(SIZES, sizes));
    }
    if (json.containsKey("file") && json.size() > 1) {
      throw bad("expected a student's file alone, got " + json.keySet());
    }
    if (json.isEmpty()) {
      throw bad("expected what a student is: one or more of " + KEYS);
    }
    Optional<Size> size =
        sizes.stream()
            .findFirst()
            .map(
                key ->
                    new Size(
                        Measure.valueOf(key.toUpperCase(java.util.Locale.ROOT)), share(json, key)));
    return new StudentSpec(
        size,
        json.containsKey("depth")
            ? OptionalDouble.of(share(json, "depth"))
            : OptionalDouble.empty(),
        Optional.ofNullable(json.get("block")).map(label -> Block.parse(label.toString())),
        Optional.ofNullable(json.get("file")).map(file -> Path.of(file.toString())),
        chosen(json));
  }

  private static Chosen chosen(Map<?, ?> json) {
    List<Integer> widths = new ArrayList<>();
    for (Object width : list(json, "widths")) {
      if (!(width instanceof Number number) || number.intValue() < 1) {
        throw bad("expected widths of 1 or more, got " + width);
      }
      widths.add(number.intValue());
    }
    Map<String, String> forms = new LinkedHashMap<>();
    if (json.get("forms") instanceof Map<?, ?> map) {
      map.forEach(
          (layer, form) -> forms.put(layer.toString(), Form.parse(String.valueOf(form)).label()));
    } else if (json.containsKey("forms")) {
      throw bad("expected forms as {layer: form}, got " + json.get("forms"));
    }
    List<String> removed = list(json, "removed").stream().map(Object::toString).toList();
    return new Chosen(widths, forms, removed);
  }

  private static List<?> list(Map<?, ?> json, String key) {
    Object value = json.get(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw bad("expected a list as a student's %s, got %s".formatted(key, value));
  }

  private static double share(Map<?, ?> json, String key) {
    Object value = json.get(key);
    if (value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() <= 1) {
      return number.doubleValue();
    }
    throw bad("expected a student's %s above 0 and up to 1, got %s".formatted(key, value));
  }

  /** As recipes write it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    size.ifPresent(own -> json.put(own.measure().label(), own.share()));
    depth.ifPresent(share -> json.put("depth", share));
    block.ifPresent(own -> json.put("block", own.label()));
    file.ifPresent(path -> json.put("file", path.toString()));
    if (!chosen.widths().isEmpty()) {
      json.put("widths", chosen.widths());
    }
    if (!chosen.forms().isEmpty()) {
      json.put("forms", chosen.forms());
    }
    if (!chosen.removed().isEmpty()) {
      json.put("removed", chosen.removed());
    }
    return json;
  }

  /** The same with what was found. */
  StudentSpec with(Chosen found) {
    return new StudentSpec(size, depth, block, file, found);
  }

  static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
