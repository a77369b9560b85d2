/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.agent.update.Use;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.device.Budget;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.ManifestCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which artifacts a release consists of, by the signed manifest that lies in the store.
 *
 * @param profile and budget of this device
 */
public record ReleaseArtifacts(
    Path home, ManifestCheck check, ArtifactName profile, Budget budget) {

  /** The release's manifest, if it is here and this device believes it. */
  public Optional<Manifest> find(Digest signed) throws IOException {
    Path file = ArtifactStore.blobs(home).resolve(signed.hex());
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(check.manifest(Files.readAllBytes(file), profile, 0, budget));
    } catch (RejectedException e) {
      return Optional.empty(); // none of its files was fetched
    }
  }

  /** Its manifest, and its tables, files and golden file as far as that names them. */
  public Set<Digest> of(Digest signed) throws IOException {
    Set<Digest> all = new LinkedHashSet<>();
    all.add(signed);
    find(signed).ifPresent(manifest -> manifest.flashFiles().forEach(file -> add(file, all)));
    return all;
  }

  private static void add(FileEntry file, Set<Digest> all) {
    all.addAll(List.of(file.digest(), file.chunks()));
  }

  /**
   * What each artifact is good for.
   *
   * @param releases what each release is good for
   * @param differences that may be here while a release is fetched, and no longer
   */
  public Map<Digest, Use> uses(Map<Digest, Use> releases, List<Difference> differences)
      throws IOException {
    Map<Digest, Use> uses = new LinkedHashMap<>();
    for (Map.Entry<Digest, Use> release : releases.entrySet()) {
      for (Digest artifact : of(release.getKey())) {
        uses.merge(artifact, release.getValue(), Use::better);
      }
    }
    for (Difference difference : differences) {
      uses.merge(difference.digest(), Use.STAGED, Use::better);
      uses.merge(difference.chunks(), Use.STAGED, Use::better);
    }
    return uses;
  }
}
