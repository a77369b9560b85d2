/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.TensorInfo;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as it was imported.
 *
 * @param digest over the digests of its files in order; of the one file if there is one
 */
public record Model(
    ArtifactName name,
    Digest digest,
    long bytes,
    long opset,
    long parameters,
    List<TensorInfo> inputs,
    List<TensorInfo> outputs,
    List<StoredFile> files,
    Instant created) {
  public Model {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    files = List.copyOf(files);
  }

  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name.value());
    map.put("digest", digest.hex());
    map.put("bytes", bytes);
    map.put("opset", opset);
    map.put("parameters", parameters);
    map.put("inputs", inputs.stream().map(TensorInfo::json).toList());
    map.put("outputs", outputs.stream().map(TensorInfo::json).toList());
    map.put("created", created.toString());
    return map;
  }
}
