/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.Manifest;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A signed release; the digest of its signed manifest is its id.
 *
 * @param files the model's files, and the golden file as the last
 */
public record Release(
    Digest id,
    ArtifactName model,
    ArtifactName variant,
    long sequence,
    List<ArtifactName> profiles,
    long flashBytes,
    long manifestBytes,
    List<StoredFile> files,
    Instant created) {
  public Release {
    profiles = List.copyOf(profiles);
    files = List.copyOf(files);
  }

  /** What devices attest that serve it: of the model's files, without the golden one. */
  public Digest subject() {
    return Manifest.subject(
        files.subList(0, files.size() - 1).stream()
            .sorted(Comparator.comparing(StoredFile::name))
            .map(StoredFile::digest)
            .toList());
  }

  /** As devices are told of it. */
  public DesiredState.Slot slot(FetchTerms terms) {
    return new DesiredState.Slot(model, id, manifestBytes, terms);
  }

  /** As lists show it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id.hex());
    map.put("model", model.value());
    map.put("variant", variant.value());
    map.put("sequence", sequence);
    map.put("profiles", profiles.stream().map(ArtifactName::value).toList());
    map.put("flash_bytes", flashBytes);
    map.put("created", created.toString());
    return map;
  }

  /** With its files. */
  public Map<String, Object> jsonWithFiles() {
    Map<String, Object> map = json();
    map.put("files", files.stream().map(Release::shown).toList());
    return map;
  }

  private static Map<String, Object> shown(StoredFile file) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", file.name());
    map.put("digest", file.digest().hex());
    map.put("size", file.sizeBytes());
    map.put("chunks", file.chunks().hex());
    return map;
  }
}
