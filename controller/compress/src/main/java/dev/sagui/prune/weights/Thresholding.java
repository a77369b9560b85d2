/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Every |w| below a threshold becomes zero, exactly; all others stay, exactly. */
public final class Thresholding {
  private Thresholding() {}

  /**
   * Reads each weight once; the zeros are set when the model is written.
   *
   * @param threshold 0 or more
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when all of a weight would become zero
   */
  public static SparseModel apply(OnnxModel model, float threshold) throws IOException {
    Graph graph = new Graph(model);
    List<PrunedWeight> weights = new ArrayList<>();
    boolean changed = false;
    for (Prunable layer : Prunable.of(graph)) {
      Payload payload = model.payload(layer.tensor());
      Counted counted = Counted.of(payload, threshold);
      if (counted.below == layer.elements() && counted.largest > 0) {
        throw Requests.bad(
            "a threshold of %s zeroes all of weight '%s', whose largest is %s; give a smaller one"
                .formatted(threshold, layer.name(), counted.largest));
      }
      if (counted.below > counted.zeros) {
        graph.put(model.attach(layer.tensor(), new Below(payload, threshold)));
        changed = true;
      }
      long zeros = Math.max(counted.below, counted.zeros);
      weights.add(new PrunedWeight(layer.name(), layer.elements(), zeros, "threshold", ""));
    }
    return new SparseModel(
        changed ? model.with(model.proto().toBuilder().setGraph(graph.build()).build()) : model,
        weights);
  }

  private static final class Counted {
    private long zeros;
    private long below;
    private float largest;

    static Counted of(Payload weight, float threshold) throws IOException {
      Counted counted = new Counted();
      weight.read(
          block -> {
            FloatBuffer values = block.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            while (values.hasRemaining()) {
              float size = Math.abs(values.get());
              counted.zeros += size == 0 ? 1 : 0;
              counted.below += size < threshold ? 1 : 0;
              counted.largest = Math.max(counted.largest, size);
            }
          });
      return counted;
    }
  }

  /** Weights with zeros, made when they are read. */
  private record Below(Payload weight, float threshold) implements Payload {
    @Override
    public long bytes() {
      return weight.bytes();
    }

    @Override
    public void read(Sink sink) throws IOException {
      weight.read(
          block -> {
            ByteBuffer edited =
                ByteBuffer.allocate(block.remaining()).order(ByteOrder.LITTLE_ENDIAN);
            FloatBuffer values = block.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            while (values.hasRemaining()) {
              float value = values.get();
              edited.putFloat(Math.abs(value) < threshold ? 0 : value);
            }
            sink.accept(edited.flip());
          });
    }
  }
}
