/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An inspection for machines; the names are stable. */
final class InspectionJson {
  private InspectionJson() {}

  static Map<String, Object> of(Inspection inspection) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    files(inspection.model(), map);
    facts(inspection.facts(), map);
    structure(inspection.structure(), map);
    inspection
        .cost()
        .ifPresent(
            cost -> {
              map.put("flops", cost.flops());
              map.put("activation_bytes", cost.activationBytes());
            });
    map.put("slow_on", inspection.slow());
    map.put("remarks", inspection.remarks());
    inspection
        .types()
        .ifPresent(types -> map.put("nodes", new NodeList(inspection.model(), types).json()));
    return map;
  }

  private static void files(OnnxModel model, Map<String, Object> map) throws IOException {
    map.put("file", model.file().toString());
    map.put("sha256", FileDigests.of(model.file()).hex());
    map.put("bytes", model.sizeBytes());
    map.put("external_data", model.files().stream().skip(1).map(Path::toString).toList());
  }

  private static void facts(ModelFacts facts, Map<String, Object> map) {
    map.put("ir_version", facts.irVersion());
    map.put("producer", facts.producer());
    map.put("opsets", facts.opsets());
    map.put("parameters", facts.parameters());
    Map<String, Object> weights = new LinkedHashMap<>();
    facts.weights().forEach((type, amount) -> weights.put(type.name(), json(amount)));
    map.put("weights", weights);
    map.put("operators", facts.operators());
    map.put("nested_graphs", facts.nestedGraphs());
    map.put("inputs", values(facts.inputs()));
    map.put("outputs", values(facts.outputs()));
  }

  private static void structure(ModelStructure structure, Map<String, Object> map) {
    map.put("node_count", structure.nodes());
    map.put("bodies", structure.bodies().stream().map(InspectionJson::json).toList());
    map.put("functions", structure.functions().stream().map(InspectionJson::json).toList());
    map.put("foreign_operators", structure.foreign());
    map.put("quantized_operators", structure.quantized());
    map.put("weights_in_constant_nodes", json(structure.inConstantNodes()));
    map.put("tied_initializers", structure.tied());
    map.put("overridable_initializers", structure.overridable());
  }

  private static Map<String, Object> json(ModelStructure.Body body) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("node", body.node());
    map.put("operator", body.operator());
    map.put("attribute", body.attribute());
    map.put("nodes", body.nodes());
    return map;
  }

  private static Map<String, Object> json(ModelStructure.Function function) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("domain", function.domain());
    map.put("name", function.name());
    map.put("nodes", function.nodes());
    return map;
  }

  private static Map<String, Object> json(ModelFacts.Amount amount) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("elements", amount.elements());
    map.put("bytes", amount.bytes());
    return map;
  }

  private static List<Map<String, Object>> values(List<ValueFacts> values) {
    return values.stream()
        .map(
            value -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("name", value.name());
              map.put("type", value.type().name());
              map.put("shape", value.display());
              return map;
            })
        .toList();
  }
}
