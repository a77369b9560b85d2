/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.DeviceProfile;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.Recipe;
import dev.sagui.run.DataSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that decides what a recipe makes of a model here, as JSON: the same ingredients, the same
 * bytes.
 */
final class Ingredients {
  private final Map<String, Object> common = new LinkedHashMap<>();

  Ingredients(Path model, Workbench.Settings settings) throws IOException {
    List<String> files = new ArrayList<>();
    for (Path file : OnnxModel.open(model).files()) {
      files.add(FileDigests.of(file).hex());
    }
    long changed = 0;
    for (DataSpec data : settings.data().values()) {
      changed = Math.max(changed, data.changedMillis());
    }
    common.put("model", files);
    common.put("data_changed", changed);
    common.put("threads", settings.threads());
    common.put("versions", CompressionReport.versions());
  }

  /**
   * @param device whose arithmetic it is made for
   */
  Map<String, Object> of(Recipe recipe, Optional<DeviceProfile> device) {
    Map<String, Object> all = new LinkedHashMap<>(common);
    all.put("recipe", recipe.json());
    device.ifPresent(
        d -> all.put("device", List.of(d.name().value(), d.architecture(), d.isaFlags())));
    return all;
  }
}
