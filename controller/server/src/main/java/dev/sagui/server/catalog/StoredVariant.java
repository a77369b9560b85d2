/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Json;
import dev.sagui.manifest.Manifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A variant of a model, its files stored.
 *
 * @param bytes of all files, golden file included
 * @param psnrDb against the original; empty when it is not measurable
 * @param entry name of the {@code .onnx} file
 */
public record StoredVariant(
    ArtifactName model,
    ArtifactName name,
    long bytes,
    OptionalDouble psnrDb,
    boolean identical,
    double p50Millis,
    String entry,
    List<StoredFile> files,
    StoredFile golden) {
  public StoredVariant {
    files = List.copyOf(files);
  }

  /** Of its files' digests, in order; what it is called and how it was made do not count. */
  public Digest digest() {
    return Manifest.subject(files.stream().map(StoredFile::digest).toList());
  }

  /** As the REST API shows it; no PSNR is null. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name.value());
    map.put("bytes", bytes);
    map.put("psnr_db", psnrDb.isPresent() ? (Object) psnrDb.getAsDouble() : Json.Absent.NULL);
    map.put("identical", identical);
    map.put("p50_ms", p50Millis);
    map.put("files", files.stream().map(StoredFile::shown).toList());
    return map;
  }
}
