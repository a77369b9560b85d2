/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockSearchTest {
  @TempDir Path folder;
  private Convolution conv;
  private Convolution transposed;

  @BeforeEach
  void open() throws IOException {
    OnnxModel model = Teachers.open(Teachers.generator(), folder);
    Graph graph = new Graph(model);
    conv = Convolution.of(graph, graph.producer("c").orElseThrow()).orElseThrow();
    transposed = Convolution.of(graph, graph.producer("d").orElseThrow()).orElseThrow();
  }

  private List<List<BlockSearch.Option>> options() {
    return List.of(
        List.of(new BlockSearch.Option(conv, Form.SEPARABLE, 0.05, 0.2)),
        List.of(
            new BlockSearch.Option(transposed, Form.SEPARABLE, 0.2, 0.01),
            new BlockSearch.Option(transposed, Form.RESIZE_POINTWISE, 0.3, 0.4)));
  }

  @Test
  void errorDecidesAmongFormsThatSaveMost() {
    assertEquals(
        Map.of("c", Form.SEPARABLE, "d", Form.SEPARABLE), BlockSearch.everywhere(options()));
  }

  @Test
  void frontGoesFromSlowToFastEnough() {
    List<BlockSearch.Combination> front = BlockSearch.front(options(), 0.76, 4);
    assertTrue(front.size() >= 2);
    for (int i = 1; i < front.size(); i++) {
      assertTrue(front.get(i).time() < front.get(i - 1).time());
      assertTrue(front.get(i).error() > front.get(i - 1).error());
    }
    assertTrue(front.get(front.size() - 1).time() <= 0.76);
    assertEquals(Map.of("d", Form.SEPARABLE), front.get(0).forms());
  }

  @Test
  void fewLayersOfOutputsStay() {
    assertTrue(conv.whyNot(Form.RESIZE).isPresent());
    assertTrue(transposed.whyNot(Form.SEPARABLE).isEmpty());
  }
}
