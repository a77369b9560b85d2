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
import org.jspecify.annotations.Nullable;

/** What ONNX Runtime's profiler tells of a model's operators. */
final class RunProfile {
  private RunProfile() {}

  /** How the model is run. */
  record Setting(OrtSession.SessionOptions.OptLevel level, int threads, int runs, boolean packed) {}

  /**
   * One operator of one run.
   *
   * @param millis that its kernel took
   * @param types and shapes of its inputs
   * @param outputs shapes
   */
  record Event(
      String key,
      String operator,
      double millis,
      long outputBytes,
      List<String> types,
      List<List<Long>> inputs,
      List<List<Long>> outputs) {
    long flops() {
      return outputs.isEmpty() ? 0 : new NodeFlops(inputs, outputs.get(0)).of(operator);
    }
  }

  /**
   * In the order in which they ran.
   *
   * @throws RejectedException MODEL_DOES_NOT_LOAD or BAD_TENSOR
   */
  static List<Event> of(Path modelFile, List<Tensor> inputs, Setting setting) throws IOException {
    Path folder = Files.createTempDirectory("sagui-profile");
    try {
      Path profile = written(modelFile, inputs, setting, folder.resolve("run"));
      List<Event> events = new ArrayList<>();
      for (Object event : (List<?>) Json.parse(Files.readAllBytes(profile))) {
        Map<?, ?> fields = (Map<?, ?>) event;
        if ("Node".equals(fields.get("cat")) && fields.get("args") instanceof Map<?, ?> args) {
          events.add(event(fields, args));
        }
      }
      return events;
    } finally {
      delete(folder);
    }
  }

  private static Event event(Map<?, ?> fields, Map<?, ?> args) {
    List<String> types = new ArrayList<>();
    return new Event(
        args.get("node_index") + " " + fields.get("name"),
        String.valueOf(args.get("op_name")),
        fields.get("dur") instanceof Number micros ? micros.doubleValue() / 1e3 : 0,
        args.get("output_size") instanceof String size ? Long.parseLong(size) : 0,
        types,
        shapes(args.get("input_type_shape"), types),
        shapes(args.get("output_type_shape"), new ArrayList<>()));
  }

  /** The shapes in the profiler's {@code [{"float": [1, 32]}, …]}. */
  private static List<List<Long>> shapes(@Nullable Object values, List<String> types) {
    List<List<Long>> shapes = new ArrayList<>();
    if (values instanceof List<?> list) {
      for (Object value : list) {
        if (value instanceof Map<?, ?> map) {
          map.entrySet().stream()
              .filter(entry -> entry.getValue() instanceof List)
              .findFirst()
              .ifPresent(
                  entry -> {
                    types.add(String.valueOf(entry.getKey()));
                    shapes.add(dims((List<?>) entry.getValue()));
                  });
        }
      }
    }
    return shapes;
  }

  private static List<Long> dims(List<?> values) {
    return values.stream().map(dim -> ((Number) dim).longValue()).toList();
  }

  private static Path written(Path modelFile, List<Tensor> inputs, Setting setting, Path prefix) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(setting.level());
      if (!setting.packed()) {
        options.addConfigEntry("session.disable_prepacking", "1");
      }
      options.enableProfiling(prefix.toString());
      try (OrtModel model = OrtModel.open(modelFile, setting.threads(), options)) {
        for (int run = 0; run < setting.runs(); run++) {
          model.time(inputs);
        }
        return Path.of(model.endProfiling());
      }
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.MODEL_DOES_NOT_LOAD, "ONNX Runtime does not profile: " + e.getMessage(), e);
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
}
