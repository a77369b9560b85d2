/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the facts off a graph. */
final class FactsReader {
  private FactsReader() {}

  static ModelFacts read(OnnxModel model) {
    ModelProto proto = model.proto();
    GraphProto graph = proto.getGraph();
    Map<String, Long> vocabularies = Vocabularies.of(proto);
    return new ModelFacts(
        proto.getIrVersion(),
        (proto.getProducerName() + " " + proto.getProducerVersion()).strip(),
        opsets(proto),
        operators(proto),
        weights(model),
        ModelCheck.inputs(graph).stream().map(FactsReader::value).toList(),
        graph.getOutputList().stream().map(FactsReader::value).toList(),
        (int) GraphWalk.nodes(proto).flatMap(GraphWalk::nested).count(),
        vocabularies,
        ContextLength.of(model, vocabularies));
  }

  private static Map<String, Long> opsets(ModelProto proto) {
    Map<String, Long> opsets = new TreeMap<>();
    proto
        .getOpsetImportList()
        .forEach(
            opset ->
                opsets.put(
                    opset.getDomain().isEmpty() ? "ai.onnx" : opset.getDomain(),
                    opset.getVersion()));
    return opsets;
  }

  private static Map<String, Integer> operators(ModelProto proto) {
    Map<String, Integer> counts = new HashMap<>();
    GraphWalk.nodes(proto)
        .map(FactsReader::operator)
        .forEach(op -> counts.merge(op, 1, Integer::sum));
    Map<String, Integer> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    return sorted;
  }

  private static String operator(NodeProto node) {
    return Node.isStandard(node.getDomain())
        ? node.getOpType()
        : node.getDomain() + "." + node.getOpType();
  }

  private static Map<ElementType, ModelFacts.Amount> weights(OnnxModel model) {
    Map<ElementType, ModelFacts.Amount> weights = new EnumMap<>(ElementType.class);
    TensorMap.forEach(
        model.graph(),
        tensor ->
            weights.merge(
                ElementType.of(tensor.getDataType()), amount(tensor), ModelFacts.Amount::plus));
    return weights;
  }

  static ModelFacts.Amount amount(TensorProto tensor) {
    long elements = TensorSize.elements(tensor);
    long bits = elements * ElementType.of(tensor.getDataType()).bits();
    return new ModelFacts.Amount(elements, (bits + 7) / 8);
  }

  private static ValueFacts value(ValueInfoProto info) {
    TypeProto.Tensor type = info.getType().getTensorType();
    List<Long> shape = new ArrayList<>();
    List<String> symbols = new ArrayList<>();
    for (Dimension dimension : type.getShape().getDimList()) {
      shape.add(dimension.hasDimValue() ? dimension.getDimValue() : -1);
      symbols.add(dimension.getDimParam());
    }
    return new ValueFacts(info.getName(), ElementType.of(type.getElemType()), shape, symbols);
  }
}
