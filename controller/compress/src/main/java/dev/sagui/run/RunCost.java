/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one run takes, from the shapes that ONNX Runtime's profiler saw.
 *
 * @param flops as {@link NodeFlops} counts them, after constants are folded
 * @param activationBytes of all operators' outputs
 * @param largestBytes of the outputs of the one operator that has most
 */
public record RunCost(long flops, long activationBytes, long largestBytes) {
  /**
   * Runs the model once, on one thread.
   *
   * @throws RejectedException MODEL_DOES_NOT_LOAD or BAD_TENSOR
   */
  public static RunCost measure(Path modelFile, List<Tensor> inputs) throws IOException {
    return measure(modelFile, inputs, OrtSession.SessionOptions.OptLevel.BASIC_OPT);
  }

  /** Of the graph as it stands, nothing folded. */
  static RunCost unoptimized(Path modelFile, List<Tensor> inputs) throws IOException {
    return measure(modelFile, inputs, OrtSession.SessionOptions.OptLevel.NO_OPT);
  }

  private static RunCost measure(
      Path modelFile, List<Tensor> inputs, OrtSession.SessionOptions.OptLevel level)
      throws IOException {
    Path folder = Files.createTempDirectory("sagui-profile");
    try {
      Path profile = profile(modelFile, inputs, level, folder.resolve("run"));
      return sum(Json.parse(Files.readAllBytes(profile)));
    } finally {
      delete(folder);
    }
  }

  /** A run that failed leaves part of a profile too. */
  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static Path profile(
      Path modelFile, List<Tensor> inputs, OrtSession.SessionOptions.OptLevel level, Path prefix) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(level);
      // A prepacked weight is missing from the shapes.
      options.addConfigEntry("session.disable_prepacking", "1");
      options.enableProfiling(prefix.toString());
      try (OrtModel model = OrtModel.open(modelFile, 1, options)) {
        model.time(inputs);
        return Path.of(model.endProfiling());
      }
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.MODEL_DOES_NOT_LOAD, "ONNX Runtime does not profile: " + e.getMessage(), e);
    }
  }

  private static RunCost sum(Object events) {
    long flops = 0;
    long bytes = 0;
    long largest = 1;
    for (Object event : (List<?>) events) {
      Map<?, ?> fields = (Map<?, ?>) event;
      if ("Node".equals(fields.get("cat")) && fields.get("args") instanceof Map<?, ?> args) {
        flops += flops(args);
        long own = args.get("output_size") instanceof String size ? Long.parseLong(size) : 0;
        bytes += own;
        largest = Math.max(largest, own);
      }
    }
    return new RunCost(flops, bytes, largest);
  }

  private static long flops(Map<?, ?> args) {
    List<List<Long>> outputs = shapes(args.get("output_type_shape"));
    return outputs.isEmpty()
        ? 0
        : new NodeFlops(shapes(args.get("input_type_shape")), outputs.get(0))
            .of(String.valueOf(args.get("op_name")));
  }

  /** The shapes in the profiler's {@code [{"float": [1, 32]}, …]}. */
  private static List<List<Long>> shapes(@org.jspecify.annotations.Nullable Object values) {
    List<List<Long>> shapes = new ArrayList<>();
    if (values instanceof List<?> list) {
      for (Object value : list) {
        if (value instanceof Map<?, ?> map) {
          map.values().stream()
              .filter(List.class::isInstance)
              .map(dims -> ((List<?>) dims).stream().map(d -> ((Number) d).longValue()).toList())
              .findFirst()
              .ifPresent(shapes::add);
        }
      }
    }
    return shapes;
  }
}
