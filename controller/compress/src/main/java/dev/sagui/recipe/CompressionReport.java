/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.device.DeviceProfile;
import dev.sagui.json.Json;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.SymbolEntropy;
import dev.sagui.quality.Comparison;
import dev.sagui.run.OrtModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that a compression measured, on the file that ships.
 *
 * @param peakBytes how far loading and one run of the output lift a process's resident set
 */
public record CompressionReport(
    ModelSide input,
    ModelSide output,
    Recipe recipe,
    List<StepRecord> steps,
    Optional<Comparison> comparison,
    int threads,
    OptionalLong peakBytes,
    List<Gate.Verdict> gates,
    Optional<DeviceProfile> profile,
    List<String> warnings) {

  /** In the output, by tensor; long. */
  static final String TENSORS = "entropy_bounds";

  /** One of the two models: its files' digest (of the model file), bytes and facts. */
  public record ModelSide(
      String sha256,
      long bytes,
      long bytesOnWire,
      long nonZero,
      SymbolEntropy entropy,
      ModelFacts facts) {
    static ModelSide of(OnnxModel model, long bytesOnWire) throws IOException {
      return new ModelSide(
          FileDigests.of(model.file()).hex(),
          model.sizeBytes(),
          bytesOnWire,
          model.nonZero(),
          SymbolEntropy.of(model),
          model.facts());
    }
  }

  public CompressionReport {
    steps = List.copyOf(steps);
    gates = List.copyOf(gates);
    warnings = List.copyOf(warnings);
  }

  /** Whether every gate was met. */
  public boolean met() {
    return gates.stream().allMatch(Gate.Verdict::met);
  }

  /** The document {@code report.json}. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("input", side(input, false));
    map.put("output", side(output, true));
    map.put("recipe", recipe.json());
    map.put("seed", recipe.seed());
    map.put("versions", versions());
    boolean apart = ReportFiles.apart(steps);
    map.put("steps", steps.stream().map(step -> step.json(apart)).toList());
    map.put("quality", comparison.map(c -> c.quality().json()).orElseGet(Map::of));
    map.put("null_scale", comparison.map(c -> c.quality().nullScale().json()).orElseGet(Map::of));
    map.put("latency", comparison.map(this::latency).orElseGet(Map::of));
    map.put(
        "memory", peakBytes.isPresent() ? Map.of("peak_bytes", peakBytes.getAsLong()) : Map.of());
    map.put("gates", gates.stream().map(Gate.Verdict::json).toList());
    map.put("profile", profile.map(p -> (Object) p.name().value()).orElse(Json.Absent.NULL));
    map.put("warnings", warnings);
    return map;
  }

  private Map<String, Object> latency(Comparison comparison) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", "this machine, " + System.getProperty("os.arch"));
    map.put("threads", threads);
    map.put("p50_ms", comparison.candidate().p50Millis());
    map.put("p95_ms", comparison.candidate().p95Millis());
    map.put("ratio_to_input", comparison.latencyRatio());
    return map;
  }

  private static Map<String, Object> side(ModelSide side, boolean compressed) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sha256", side.sha256());
    map.put("bytes", side.bytes());
    if (compressed) {
      map.put("bytes_on_wire", side.bytesOnWire());
    }
    map.put("parameters", side.facts().parameters());
    if (compressed) {
      map.put("nonzero", side.nonZero());
      map.put("integer_bytes", side.entropy().bytes());
      map.put("entropy_bound_bytes", side.entropy().boundBytes());
      map.put(TENSORS, side.entropy().bounds());
    }
    return map;
  }

  /** Of what computed the numbers. */
  public static Map<String, Object> versions() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("onnxruntime", OrtModel.runtimeVersion());
    map.put("java", System.getProperty("java.version"));
    String own = CompressionReport.class.getPackage().getImplementationVersion();
    map.put("sagui", own == null ? "development" : own);
    return map;
  }
}
