/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.InferredTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A graph's nodes in their order, with the types and shapes of what they take and make. */
record NodeList(OnnxModel model, InferredTypes types) {
  record Line(String label, String text) {}

  /** The operator and name, then a line for each value. */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (NodeProto node : model.graph().getNodeList()) {
      lines.add(new Line("node", node.getOpType() + " " + node.getName()));
      values(node.getInputList()).forEach(value -> lines.add(new Line("", "  takes " + value)));
      values(node.getOutputList()).forEach(value -> lines.add(new Line("", "  makes " + value)));
    }
    return lines;
  }

  List<Map<String, Object>> json() {
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (NodeProto node : model.graph().getNodeList()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", node.getName());
      map.put("operator", node.getOpType());
      map.put("domain", node.getDomain());
      map.put("inputs", node.getInputList().stream().map(this::json).toList());
      map.put("outputs", node.getOutputList().stream().map(this::json).toList());
      nodes.add(map);
    }
    return nodes;
  }

  private Map<String, Object> json(String value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", value);
    if (!value.isEmpty()) {
      map.put("type", types.type(value).name());
      types.shape(value).ifPresent(shape -> map.put("shape", shape));
    }
    return map;
  }

  private List<String> values(List<String> names) {
    return names.stream().filter(name -> !name.isEmpty()).map(this::text).toList();
  }

  private String text(String value) {
    Optional<List<Long>> shape = types.shape(value);
    return "%s %s %s"
        .formatted(value, types.type(value), shape.isEmpty() ? "[?]" : shape.get().toString());
  }
}
