/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.manifest.TensorInfo;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A staged model and what it must show.
 *
 * @param folder of its files
 * @param entry file name of the ONNX file in it
 * @param threads of one run
 * @param golden safetensors file of inputs and outputs
 * @param tolerance largest absolute difference to a golden output
 * @param p95LimitMillis of one run; infinity means no limit
 * @param ramBudgetBytes resident bytes that a process which serves it may have
 */
public record Candidate(
    Path folder,
    String entry,
    List<TensorInfo> inputs,
    List<TensorInfo> outputs,
    int threads,
    Path golden,
    double tolerance,
    double p95LimitMillis,
    long ramBudgetBytes) {
  public Candidate {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("folder", folder.toString());
    map.put("entry", entry);
    map.put("inputs", inputs.stream().map(TensorInfo::json).toList());
    map.put("outputs", outputs.stream().map(TensorInfo::json).toList());
    map.put("threads", threads);
    map.put("golden", golden.toString());
    map.put("tolerance", tolerance);
    if (Double.isFinite(p95LimitMillis)) {
      map.put("p95_ms", p95LimitMillis);
    }
    map.put("ram_bytes", ramBudgetBytes);
    return Json.write(map);
  }

  static Candidate parse(byte[] json) {
    Fields f = Fields.parse(json);
    return new Candidate(
        Path.of(f.string("folder")),
        f.string("entry"),
        f.objects("inputs", TensorInfo::parse),
        f.objects("outputs", TensorInfo::parse),
        (int) f.integer("threads"),
        Path.of(f.string("golden")),
        f.number("tolerance"),
        f.findNumber("p95_ms").orElse(Double.POSITIVE_INFINITY),
        f.integer("ram_bytes"));
  }
}
