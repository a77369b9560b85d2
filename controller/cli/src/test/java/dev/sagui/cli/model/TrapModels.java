/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.TestModels;
import java.util.List;
import java.util.function.UnaryOperator;

/** Models in which quantizers fail silently, each as small as the trap allows. */
enum TrapModels {
  QUANTIZED(TrapGraphs::quantized, -1, 64),
  HALF(TrapGraphs::half, -1, 8, 10, 10),
  HALF_INSIDE(TrapGraphs::halfInside, -1, 64),
  NESTED(TrapGraphs::nested, -1, 64),
  LOOP(TrapGraphs::loop, -1, 64),
  NO_INITIALIZERS(TrapGraphs::noInitializers, -1, 8, 10, 10),
  TIED_EMBEDDINGS(TrapGraphs::tiedEmbeddings, -1, 12),
  SHARED_BIAS(TrapGraphs::sharedBias, -1, 8, 10, 10),
  COMPUTED_WEIGHT(TrapGraphs::computedWeight, -1, 8, 10, 10),
  DYNAMIC_SHAPE(TrapGraphs::dynamicShape, -1, 3, 10, 10),
  EMPTY_PAST(TrapGraphs::emptyPast, -1, 6, 32),
  RANDOM_INSIDE(TrapGraphs::randomInside, -1, 8, 10, 10),
  NOT_A_NUMBER(TrapGraphs::notANumber, -1, 8, 10, 10),
  CONSTANT_ACTIVATION(TrapGraphs::constantActivation, -1, 8, 10, 10),
  NEVER_FIRES(TrapGraphs::neverFires, -1, 8, 10, 10),
  RARE_CHANNELS(TrapGraphs::rareChannels, -1, 64),
  GROWS(TrapGraphs::grows, -1, 8, 10, 10),
  SLOWER(TrapGraphs::slower, -1, 64, 12, 12);

  private final UnaryOperator<GraphProto.Builder> graph;
  private final long[] shape;

  /**
   * @param graph adds nodes from x to y
   * @param shape of x; -1 for the batch
   */
  TrapModels(UnaryOperator<GraphProto.Builder> graph, long... shape) {
    this.graph = graph;
    this.shape = shape;
  }

  /** What the command line says of the inputs; empty for nothing. */
  String data() {
    return this == TIED_EMBEDDINGS ? "random:1:16:0..95" : "";
  }

  ModelProto model() {
    ModelProto.Builder model =
        TestModels.model(graph.apply(TestModels.graph(List.of("x"), List.of(shape)))).toBuilder();
    if (this == NO_INITIALIZERS) { // as older exporters write them
      model.setIrVersion(6).getOpsetImportBuilder(0).setVersion(11);
    }
    return model.build();
  }
}
