/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.train.gradient.Emitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A value inside of a student and the value inside of its teacher that it shall become like:
 * feature matching (Romero et al. 2015, FitNets), through a 1×1 convolution that is learned where
 * they have different numbers of channels.
 *
 * <p>Channels lie on axis 1 of [N, C] and [N, C, H, W]; of three axes they are the last where the
 * others are equal, as in [N, T, C], else axis 1.
 *
 * @param student float32
 * @param studentShape [batch, …]
 * @param teacher float32
 * @param teacherShape the same but for the channels
 * @param projection the name of the convolution's weight, of shape {@link #projectionShape}
 */
public record InnerPair(
    String student,
    List<Long> studentShape,
    String teacher,
    List<Long> teacherShape,
    Optional<String> projection) {
  /** The squares of a teacher that is zero count as this. */
  private static final double LEAST = 1e-12;

  /**
   * @throws RejectedException BAD_REQUEST when the shapes differ in more than their channels, or in
   *     these without a projection
   */
  public InnerPair {
    studentShape = List.copyOf(studentShape);
    teacherShape = List.copyOf(teacherShape);
    int axis = axis(studentShape, teacherShape);
    if (!without(studentShape, axis).equals(without(teacherShape, axis))) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "feature matching takes values that differ in channels alone, got %s of '%s' and %s of '%s'"
              .formatted(studentShape, student, teacherShape, teacher));
    }
    if (projection.isEmpty() && !studentShape.equals(teacherShape)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "'%s' and '%s' have %d and %d channels; feature matching needs a projection between them"
              .formatted(student, teacher, studentShape.get(axis), teacherShape.get(axis)));
    }
  }

  /** [teacher's channels, student's channels, 1, 1]. */
  public static List<Long> projectionShape(List<Long> studentShape, List<Long> teacherShape) {
    int axis = axis(studentShape, teacherShape);
    return List.of(teacherShape.get(axis), studentShape.get(axis), 1L, 1L);
  }

  /**
   * Adds Σ(A·s − t)² / Σt², the squared error as a share of the teacher's power, so that layers
   * count alike whatever their scale; the mean over pairs, a scalar.
   *
   * @param pairs at least one
   */
  public static String loss(Emitter emit, List<InnerPair> pairs) {
    List<String> terms = new ArrayList<>();
    for (InnerPair pair : pairs) {
      String error = emit.subtract(pair.projected(emit), pair.teacher);
      String errors = emit.sum(emit.multiply(error, error), false);
      String power = emit.sum(emit.multiply(pair.teacher, pair.teacher), false);
      terms.add(emit.divide(errors, emit.atLeast(power, LEAST)));
    }
    return Sums.mean(emit, terms);
  }

  private String projected(Emitter emit) {
    if (projection.isEmpty()) {
      return student;
    }
    List<Long> matrix = projectionShape(studentShape, teacherShape).subList(0, 2);
    if (axis(studentShape, teacherShape) > 1 || studentShape.size() == 2) {
      String weight = emit.reshape(projection.get(), matrix);
      return emit.node("MatMul", student, emit.transpose(weight, 1, 0));
    }
    List<Long> picture = new ArrayList<>(studentShape);
    while (picture.size() < 4) {
      picture.add(1L);
    }
    String value = studentShape.size() == 4 ? student : emit.reshape(student, picture);
    String mapped = emit.node("Conv", value, projection.get());
    return studentShape.size() == 4 ? mapped : emit.reshape(mapped, teacherShape);
  }

  private static int axis(List<Long> student, List<Long> teacher) {
    boolean last =
        student.size() == 3
            && teacher.size() == 3
            && student.subList(0, 2).equals(teacher.subList(0, 2));
    return last ? 2 : 1;
  }

  private static List<Long> without(List<Long> shape, int axis) {
    List<Long> rest = new ArrayList<>(shape);
    rest.remove(axis);
    return rest;
  }
}
