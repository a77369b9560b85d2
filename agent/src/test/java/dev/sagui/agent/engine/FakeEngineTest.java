/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fake keeps the contract, so that tests on it mean something. */
class FakeEngineTest extends EngineContract {
  private final FakeEngine engine = new FakeEngine();

  @Override
  Engine engine() {
    return engine;
  }

  @Test
  void countsOpenSessions() {
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(1L));
    Session session = engine.open(folder, "model.onnx", List.of(x), List.of(x), 1);
    assertEquals(1, engine.openSessions());
    session.close();
    assertEquals(0, engine.openSessions());
  }
}
