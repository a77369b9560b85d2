/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine without a runtime: output {@code i} is twice input {@code i}, on FP32. A file that
 * starts with "broken" does not load.
 */
public final class FakeEngine implements Engine {
  private final AtomicInteger open = new AtomicInteger();

  @Override
  public Session open(
      Path folder, String entry, List<TensorInfo> inputs, List<TensorInfo> outputs, int threads) {
    try {
      byte[] head = Files.readAllBytes(folder.resolve(entry));
      if (new String(head, 0, Math.min(6, head.length), java.nio.charset.StandardCharsets.US_ASCII)
          .equals("broken")) {
        throw bad(FailureCode.MODEL_DOES_NOT_LOAD, "the fake does not load '" + entry + "'");
      }
    } catch (IOException e) {
      throw bad(FailureCode.MODEL_DOES_NOT_LOAD, "the fake does not find '" + entry + "'");
    }
    return doubling(inputs, outputs);
  }

  /** A session without a file. */
  public Session doubling(List<TensorInfo> inputs, List<TensorInfo> outputs) {
    open.incrementAndGet();
    return new Doubling(inputs, outputs);
  }

  @Override
  public String version() {
    return "fake";
  }

  /** Sessions that are open now. */
  public int openSessions() {
    return open.get();
  }

  private static RejectedException bad(FailureCode code, String message) {
    return new RejectedException(code, message);
  }

  private final class Doubling implements Session {
    private final List<TensorInfo> inputs;
    private final List<TensorInfo> outputs;
    private boolean closed;

    Doubling(List<TensorInfo> inputs, List<TensorInfo> outputs) {
      this.inputs = inputs;
      this.outputs = outputs;
    }

    @Override
    public synchronized List<Tensor> infer(List<Tensor> given) {
      InputCheck.check(inputs, given);
      if (closed) {
        throw bad(FailureCode.NOT_FOUND, "the model was just replaced; ask again");
      }
      Tensor x = given.get(0);
      float[] values = x.floats();
      for (int i = 0; i < values.length; i++) {
        values[i] *= 2;
      }
      return List.of(Tensor.of(outputs.get(0).name(), values, x.shapeArray()));
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }
}
