/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Taps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * That values inside of a student are like values inside of its teacher (Romero et al. 2015).
 *
 * @param weight beside the other terms of a loss
 * @param layers the teacher's value for each of the student's; empty for what activations give
 *     under one name in both
 */
public record Features(double weight, Map<String, String> layers) {
  private static final String WEIGHT = "weight";
  private static final String LAYERS = "layers";
  private static final Set<String> ACTIVATIONS =
      Set.of(
          "Relu", "LeakyRelu", "PRelu", "Elu", "Gelu", "HardSwish", "Sigmoid", "Softplus", "Tanh");

  public Features {
    layers = new LinkedHashMap<>(layers);
  }

  static Features parse(Object written) {
    Object whole = written instanceof Map<?, ?> ? written : Map.of(WEIGHT, written);
    Keys keys = Keys.of(whole, "features").only(List.of(WEIGHT, LAYERS));
    Map<String, String> layers = new LinkedHashMap<>();
    if (keys.has(LAYERS)) {
      keys.at(LAYERS).map().forEach((name, other) -> layers.put(name, other.toString()));
    }
    return new Features(keys.number(WEIGHT, 1, Double.MIN_VALUE, 1e6), layers);
  }

  Object json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(WEIGHT, weight);
    json.put(LAYERS, layers);
    return layers.isEmpty() ? (Object) weight : json;
  }

  /**
   * The teacher's value for each of the student's.
   *
   * @throws RejectedException BAD_REQUEST for names that they do not have, and where no activation
   *     has the same name in both
   */
  Map<String, String> pairs(OnnxModel student, OnnxModel teacher) {
    Set<String> inStudent = Set.copyOf(Taps.values(student));
    Set<String> inTeacher = Set.copyOf(Taps.values(teacher));
    if (layers.isEmpty()) {
      return alike(student, inTeacher);
    }
    layers.forEach(
        (own, other) -> {
          require(inStudent, own, student);
          require(inTeacher, other, teacher);
        });
    return layers;
  }

  private static Map<String, String> alike(OnnxModel student, Set<String> inTeacher) {
    Map<String, String> alike = new LinkedHashMap<>();
    Set<String> outputs =
        Set.copyOf(student.facts().outputs().stream().map(o -> o.name()).toList());
    for (Node node : new Graph(student).nodesInOrder()) {
      String value = node.output(0);
      boolean inside = ACTIVATIONS.stream().anyMatch(node::is) && !outputs.contains(value);
      if (inside && inTeacher.contains(value)) {
        alike.put(value, value);
      }
    }
    if (alike.isEmpty()) {
      throw bad(
          "no activation of %s has the name of a value of its teacher; name pairs under features: {layers: {student's value: teacher's value}}"
              .formatted(student.file()));
    }
    return alike;
  }

  private static void require(Set<String> values, String name, OnnxModel model) {
    if (!values.contains(name)) {
      throw bad("no node of %s gives a value named '%s'".formatted(model.file(), name));
    }
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
