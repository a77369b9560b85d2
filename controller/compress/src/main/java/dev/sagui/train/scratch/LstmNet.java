/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.DataType;
import dev.sagui.train.Feed;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.util.List;
import java.util.Map;

/**
 * One LSTM (Hochreiter and Schmidhuber 1997, with a forget gate) between a table of tokens and a
 * linear layer. `ids` [batch, length] with the state `h` and `c` [1, batch, units] give `logits`
 * and the state after them, `h_out` and `c_out`, with which a device goes on token by token; a text
 * begins with a state of zeros. The table begins as normal numbers, all else as PyTorch has it.
 */
record LstmNet(LstmSpec spec, long seed) implements TextNet {
  private static final String HIDDEN = "h";
  private static final String CELL = "c";
  private static final String HIDDEN_AFTER = "h_out";
  private static final String CELL_AFTER = "c_out";

  @Override
  public OnnxModel model() {
    Layers net = layers(Layers.LENGTH);
    for (String state : new String[] {HIDDEN_AFTER, CELL_AFTER}) {
      net.output(state, ElementType.FLOAT, 1, Layers.BATCH, spec.units());
    }
    return net.build("char-lstm", Map.of());
  }

  @Override
  public Layers learning() {
    return layers(spec.length());
  }

  @Override
  public int length() {
    return spec.length();
  }

  @Override
  public List<Feed> zeros(int batch) {
    List<Long> shape = List.of(1L, (long) batch, (long) spec.units());
    return List.of(new Feed(HIDDEN, DataType.FP32, shape), new Feed(CELL, DataType.FP32, shape));
  }

  @Override
  public String score() {
    return TextLevels.BITS;
  }

  private Layers layers(long length) {
    Layers net = new Layers(seed);
    long units = spec.units();
    net.input(IDS, ElementType.INT64, Layers.BATCH, length);
    for (String state : new String[] {HIDDEN, CELL}) {
      net.input(state, ElementType.FLOAT, 1, Layers.BATCH, units);
    }
    String table = net.weight("tokens", Start.normal(1), VOCABULARY, spec.embedding());
    String x = net.transpose(net.node("Gather", table, IDS), 1, 0, 2);
    Start uniform = Start.uniform(units);
    net.add(
        NodeBuilder.of("LSTM")
            .inputs(
                x,
                net.weight("lstm.w", uniform, 1, 4 * units, spec.embedding()),
                net.weight("lstm.r", uniform, 1, 4 * units, units),
                net.weight("lstm.b", uniform, 1, 8 * units),
                "",
                HIDDEN,
                CELL)
            .with("hidden_size", units)
            .nameless("lstm")
            .nameless(HIDDEN_AFTER)
            .nameless(CELL_AFTER));
    String steps = net.node("Squeeze", "lstm", net.longs(1));
    String rows = net.transpose(steps, 1, 0, 2);
    String weight = net.weight("head.weight", uniform, units, VOCABULARY);
    String bias = net.weight("head.bias", uniform, VOCABULARY);
    net.named(LOGITS, NodeBuilder.of("Add").inputs(net.node("MatMul", rows, weight), bias));
    net.output(LOGITS, ElementType.FLOAT, Layers.BATCH, length, VOCABULARY);
    return net;
  }
}
