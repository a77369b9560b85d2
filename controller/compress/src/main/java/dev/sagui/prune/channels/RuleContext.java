/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a rule sees of the graph, and how it says what it knows about its node. */
final class RuleContext {
  private static final Set<ElementType> INTEGERS = Set.of(ElementType.INT32, ElementType.INT64);

  private final DependencyGraph dependencies;
  private final Node node;

  RuleContext(DependencyGraph dependencies, Node node) {
    this.dependencies = dependencies;
    this.node = node;
  }

  /** The axes of an input; none for one that is left out. */
  List<Axis> input(int index) {
    return node.hasInput(index) ? dependencies.layout(node.input(index)) : List.of();
  }

  List<Long> outputShape() {
    return outputShape(0);
  }

  List<Long> outputShape(int index) {
    return node.output(index).isEmpty() ? List.of() : dependencies.shape(node.output(index));
  }

  void output(List<Axis> axes) {
    output(0, axes);
  }

  void output(int index, List<Axis> axes) {
    if (!node.output(index).isEmpty()) {
      dependencies.layout(node.output(index), axes);
    }
  }

  Atoms atoms() {
    return dependencies.atoms();
  }

  Graph graph() {
    return dependencies.graph();
  }

  long opset() {
    return dependencies.opset();
  }

  /** Both axes are cut alike, or not at all when one of them is fixed. */
  Axis unite(Axis a, Axis b) {
    if (a.isFixed() || b.isFixed() || a.length() != b.length()) {
      String why = "%s lines it up with what is not cut".formatted(node);
      keep(a, why);
      keep(b, why);
      return Axis.fixed(Math.max(a.length(), b.length()));
    }
    atoms().unite(a.atoms(), b.atoms());
    return a;
  }

  void keep(Axis axis, String why) {
    atoms().freeze(axis.atoms(), why);
  }

  /** Axes that must stay, but for one of them. */
  void keepBut(List<Axis> axes, int but, String why) {
    for (int i = 0; i < axes.size(); i++) {
      if (i != but) {
        keep(axes.get(i), why);
      }
    }
  }

  /** Nothing that the node touches may be cut. */
  void keepAll(String why) {
    node.uses().forEach(name -> dependencies.keep(name, why));
  }

  /** Positions of an axis; of a fixed one they are new and must stay. */
  int[] atoms(Axis axis, String why) {
    if (!axis.isFixed()) {
      return axis.atoms();
    }
    int[] fresh = atoms().fresh(axis.length());
    atoms().freeze(fresh, why);
    return fresh;
  }

  /** The elements of a constant integer input. */
  Optional<long[]> integers(int index) {
    return constantIntegers(node.input(index));
  }

  /** The elements of a constant of integers. */
  Optional<long[]> constantIntegers(String name) {
    return graph()
        .constant(name)
        .filter(tensor -> INTEGERS.contains(ElementType.of(tensor.getDataType())))
        .map(
            tensor -> {
              try {
                return TensorValues.longs(dependencies.model(), tensor);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  boolean isConstant(int index) {
    return node.hasInput(index) && graph().constant(node.input(index)).isPresent();
  }

  void rewrite(Rewrite rewrite) {
    dependencies.rewrite(node, rewrite);
  }

  void consumer(int inputAxis, int outputAxis) {
    if (isConstant(1)) {
      dependencies.consumer(new Consumer(node, node.input(1), inputAxis, outputAxis));
    }
  }

  /** The axes with one in another's place. */
  static List<Axis> with(List<Axis> axes, int index, Axis axis) {
    List<Axis> changed = new ArrayList<>(axes);
    changed.set(index, axis);
    return changed;
  }

  /** Fixed axes of the first output's shape, but for one. */
  List<Axis> fixedBut(int but, Axis axis) {
    return fixedBut(0, but, axis);
  }

  /** Fixed axes of an output's shape, but for one. */
  List<Axis> fixedBut(int index, int but, Axis axis) {
    List<Axis> axes = new ArrayList<>();
    List<Long> shape = outputShape(index);
    for (int i = 0; i < shape.size(); i++) {
      axes.add(i == but ? axis : Axis.fixed(shape.get(i)));
    }
    return axes;
  }

  /** An axis counted from the back when negative. */
  static int axis(long given, int rank) {
    return (int) (given < 0 ? given + rank : given);
  }

  /** The numbers of an attribute or, where there is none, of a constant input. */
  Optional<long[]> integers(String attribute, int index) {
    return node.attribute(attribute).isPresent()
        ? Optional.of(node.integers(attribute).stream().mapToLong(v -> v).toArray())
        : integers(index);
  }

  static int[] repeated(int[] atoms, int times) {
    int[] all = new int[atoms.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(atoms, 0, all, i * atoms.length, atoms.length);
    }
    return all;
  }

  static int[] stretched(int[] atoms, int times) {
    int[] all = new int[atoms.length * times];
    for (int i = 0; i < atoms.length; i++) {
      Arrays.fill(all, i * times, (i + 1) * times, atoms[i]);
    }
    return all;
  }
}
