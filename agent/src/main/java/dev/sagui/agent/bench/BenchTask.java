/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.manifest.TensorInfo;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two models to be measured against each other.
 *
 * @param threads of one run
 * @param seconds that the runs may take
 * @param rate requests a second that then arrive at the candidate; 0 for none
 * @param modelBytes of memory that both may take
 */
public record BenchTask(
    Part candidate, Part reference, int threads, double seconds, double rate, long modelBytes) {
  /**
   * One of them.
   *
   * @param folder of its files
   * @param entry file name of the ONNX file in it
   * @param golden safetensors file of inputs and outputs
   */
  public record Part(
      Path folder, String entry, List<TensorInfo> inputs, List<TensorInfo> outputs, Path golden) {
    public Part {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }

    private Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("folder", folder.toString());
      map.put("entry", entry);
      map.put("inputs", inputs.stream().map(TensorInfo::json).toList());
      map.put("outputs", outputs.stream().map(TensorInfo::json).toList());
      map.put("golden", golden.toString());
      return map;
    }

    private static Part parse(Fields f) {
      return new Part(
          Path.of(f.string("folder")),
          f.string("entry"),
          f.objects("inputs", TensorInfo::parse),
          f.objects("outputs", TensorInfo::parse),
          Path.of(f.string("golden")));
    }
  }

  byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("candidate", candidate.json());
    map.put("reference", reference.json());
    map.put("threads", threads);
    map.put("seconds", seconds);
    map.put("rate", rate);
    map.put("model_bytes", modelBytes);
    return Json.write(map);
  }

  static BenchTask parse(byte[] json) {
    Fields f = Fields.parse(json);
    return new BenchTask(
        Part.parse(f.object("candidate")),
        Part.parse(f.object("reference")),
        (int) f.integer("threads"),
        f.number("seconds"),
        f.number("rate"),
        f.integer("model_bytes"));
  }
}
