/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.isa.HostMachine;
import dev.sagui.run.OrtModel;
import dev.sagui.train.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code versions.json}: what the bytes of a run depend on beside its recipe. */
final class RunFacts {
  private RunFacts() {}

  /**
   * @param plan what was asked for
   * @param metric of the scores
   */
  static Map<String, Object> json(RunPlan plan, Score metric) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    String own = RunFacts.class.getPackage().getImplementationVersion();
    map.put("sagui", own == null ? "development" : own);
    map.put("onnxruntime", OrtModel.runtimeVersion());
    map.put("java", System.getProperty("java.version"));
    map.put("cpu", cpu());
    map.put("isa", HostMachine.profile().isaFlags());
    map.put("seed", plan.seed());
    map.put("threads", plan.threads());
    map.put("digests", plan.digests());
    map.put("metric", metric.metric());
    map.put("higher_is_better", metric.higherIsBetter());
    return map;
  }

  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.exists(info)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(info).stream()
        .filter(line -> line.startsWith("model name") || line.startsWith("Model"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }
}
