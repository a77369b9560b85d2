/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.sagui.cost.Kernels;
import dev.sagui.cost.Work;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A run's work as this machine's kernels do it, from ONNX Runtime's profiler. */
public final class RunWork {
  private static final int RUNS = 8;

  private RunWork() {}

  /**
   * Profiles the model as it is served; its operators' times are the least of a few runs.
   *
   * @throws dev.sagui.failure.RejectedException MODEL_DOES_NOT_LOAD or BAD_TENSOR
   */
  public static Work of(Path modelFile, List<Tensor> inputs, int threads) throws IOException {
    RunProfile.Setting timed = new RunProfile.Setting(OptLevel.ALL_OPT, threads, RUNS, true);
    RunProfile.Setting shaped = new RunProfile.Setting(OptLevel.ALL_OPT, threads, 1, false);
    Map<String, Double> least = new HashMap<>();
    for (RunProfile.Event event : RunProfile.of(modelFile, inputs, timed)) {
      least.merge(event.key(), event.millis(), Math::min);
    }
    List<Work.Operator> operators = new ArrayList<>();
    for (RunProfile.Event event : RunProfile.of(modelFile, inputs, shaped)) {
      operators.add(operator(event, least.getOrDefault(event.key(), event.millis())));
    }
    return new Work(operators);
  }

  private static Work.Operator operator(RunProfile.Event event, double millis) {
    double bytes = event.outputBytes();
    for (int i = 0; i < event.inputs().size(); i++) {
      bytes += elements(event.inputs().get(i)) * size(event.types().get(i));
    }
    boolean multiplies = Kernels.multiplies(event.operator());
    List<Long> weight =
        event.inputs().stream()
            .skip(1)
            .filter(shape -> shape.size() > 1)
            .findFirst()
            .orElse(List.of());
    return new Work.Operator(
        Kernels.kind(event.operator(), event.types(), weight),
        multiplies ? event.flops() : 0,
        bytes,
        millis);
  }

  private static double elements(List<Long> shape) {
    return shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
  }

  private static int size(String type) {
    return switch (type) {
      case "int8", "uint8", "bool" -> 1;
      case "float16", "bfloat16", "int16", "uint16" -> 2;
      case "double", "int64", "uint64" -> 8;
      default -> 4;
    };
  }
}
