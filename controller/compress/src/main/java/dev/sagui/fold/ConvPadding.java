/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Lets a convolution pad its input itself where a Pad with zeros stands before it. */
final class ConvPadding implements Pass {
  @Override
  public String name() {
    return "conv-padding";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    int merged = 0;
    for (Node conv : bench.graph().nodes()) {
      Optional<Node> pad =
          conv.is("Conv") ? bench.graph().producer(conv.input(0)) : Optional.empty();
      if (pad.isPresent() && merge(bench, pad.get(), conv)) {
        merged++;
      }
    }
    return merged;
  }

  private static boolean merge(Bench bench, Node pad, Node conv) throws IOException {
    Graph graph = bench.graph();
    String auto = conv.text("auto_pad", "NOTSET");
    Optional<long[]> added = zeros(bench, pad);
    if (added.isEmpty()
        || !(auto.equals("NOTSET") || auto.equals("VALID"))
        || graph.onlyUser(pad.output(0)).filter(user -> user == conv).isEmpty()
        || conv.inputs().lastIndexOf(pad.output(0)) != 0) {
      return false;
    }
    int spatial = added.get().length / 2 - 2;
    List<Long> own = auto.equals("VALID") ? List.of() : conv.integers("pads");
    if (spatial < 1 || !(own.isEmpty() || own.size() == 2 * spatial)) {
      return false;
    }
    AttributeProto.Builder pads =
        AttributeProto.newBuilder().setName("pads").setType(AttributeProto.AttributeType.INTS);
    for (int i = 0; i < 2 * spatial; i++) {
      int axis = i < spatial ? 2 + i : 4 + i; // begins [N, C, spatial…], then ends
      pads.addInts((own.isEmpty() ? 0 : own.get(i)) + added.get()[axis]);
    }
    List<AttributeProto> kept = new ArrayList<>(conv.proto().getAttributeList());
    kept.removeIf(a -> a.getName().equals("pads") || a.getName().equals("auto_pad"));
    NodeProto.Builder edited =
        conv.proto().toBuilder().clearAttribute().addAllAttribute(kept).addAttribute(pads);
    graph.set(conv, edited.setInput(0, pad.input(0)).build());
    graph.remove(pad);
    return true;
  }

  /** Begins and ends for all axes of a Pad that adds zeros to spatial axes; none is negative. */
  private static Optional<long[]> zeros(Bench bench, Node pad) throws IOException {
    if (!pad.is("Pad") || !pad.text("mode", "constant").equals("constant") || pad.hasInput(3)) {
      return Optional.empty();
    }
    boolean asAttribute = pad.attribute("pads").isPresent();
    boolean zero =
        asAttribute
            ? pad.number("value", 0) == 0
            : !pad.hasInput(2)
                || bench.floats(pad.input(2)).filter(v -> v.length == 1 && v[0] == 0).isPresent();
    Optional<long[]> pads =
        asAttribute
            ? Optional.of(pad.integers("pads").stream().mapToLong(Long::longValue).toArray())
            : bench.integers(pad.input(1));
    return pads.filter(p -> zero && p.length >= 6 && p.length % 2 == 0)
        .filter(p -> Arrays.stream(p).allMatch(x -> x >= 0))
        .filter(p -> p[0] == 0 && p[1] == 0 && p[p.length / 2] == 0 && p[p.length / 2 + 1] == 0);
  }
}
