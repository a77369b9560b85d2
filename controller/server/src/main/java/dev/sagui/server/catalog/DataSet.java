/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.ArtifactName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Samples that recipes name: a file, or a folder of them. */
public record DataSet(ArtifactName name, long bytes, long files, Instant created) {
  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name.value());
    map.put("bytes", bytes);
    map.put("files", files);
    map.put("created", created.toString());
    return map;
  }
}
