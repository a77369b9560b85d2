/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph of fixed shapes whose inputs and outputs are memory of the caller's: a run copies and
 * allocates nothing. For graphs that run thousands of times on other numbers: no memory pattern (it
 * holds a second copy of the peak) and no spinning threads.
 */
public final class PinnedSession implements AutoCloseable {
  /** What a graph is for. */
  public enum Use {
    /** Its weights are constants, which the runtime may pack and fuse. */
    INFERENCE,
    /** Its weights are inputs: only basic optimizations, for more cost time and gain none. */
    TRAINING
  }

  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();

  private PinnedSession(OrtSession session) {
    this.session = session;
  }

  /**
   * @param inputs direct buffers, which every run reads
   * @param outputs direct buffers of the shapes that the graph gives, which every run overwrites
   * @param threads that share one operator, the caller's included
   * @throws RejectedException MODEL_DOES_NOT_LOAD, with the runtime's reason
   */
  public static PinnedSession open(
      OnnxModel model, Use use, List<Tensor> inputs, List<Tensor> outputs, int threads)
      throws IOException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (TemporaryModel file = TemporaryModel.of(model);
        SessionOptions options = options(use, threads)) {
      PinnedSession opened =
          new PinnedSession(environment.createSession(file.file().toString(), options));
      bind(environment, inputs, opened.inputs);
      bind(environment, outputs, opened.outputs);
      return opened;
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.MODEL_DOES_NOT_LOAD,
          "ONNX Runtime does not load the graph made from %s: %s"
              .formatted(model.file(), e.getMessage()),
          e);
    }
  }

  private static SessionOptions options(Use use, int threads) throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setMemoryPatternOptimization(false);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.addConfigEntry("session.dynamic_block_base", "4");
    if (use == Use.TRAINING) {
      options.setOptimizationLevel(SessionOptions.OptLevel.BASIC_OPT);
      options.addConfigEntry("session.disable_quant_qdq", "1"); // with weights as inputs
    }
    return options;
  }

  private static void bind(
      OrtEnvironment environment, List<Tensor> tensors, Map<String, OnnxTensor> to)
      throws OrtException {
    for (Tensor tensor : tensors) {
      to.put(tensor.name(), OrtValues.toOrt(environment, tensor));
    }
  }

  /**
   * Runs the graph once.
   *
   * @throws RejectedException BAD_TENSOR, with the runtime's reason
   */
  public void run() {
    try (OrtSession.Result result = session.run(inputs, Set.of(), outputs)) {
      if (result.size() > outputs.size()) {
        throw new IllegalStateException("outputs were not pinned; this is a bug");
      }
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR, "ONNX Runtime does not run the graph: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("a session closes once; this is a bug", e);
    }
  }
}
