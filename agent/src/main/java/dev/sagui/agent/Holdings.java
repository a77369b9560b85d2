/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Inventory;
import dev.sagui.agent.store.ReleaseArtifacts;
import dev.sagui.agent.store.Space;
import dev.sagui.agent.update.Use;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the slots have on the disk, and room for more. Owned by the agent's thread. */
final class Holdings {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final Slots slots;
  private final ArtifactStore store;
  private final ReleaseArtifacts artifacts;
  private final long quotaBytes;

  Holdings(Agent.Parts parts, Slots slots) {
    this.slots = slots;
    this.store = parts.store();
    this.artifacts = parts.installer().artifacts();
    this.quotaBytes = parts.settings().quotaBytes();
  }

  /** What each artifact on the disk is good for now. */
  Map<Digest, Use> uses() throws IOException {
    return artifacts.uses(slots.uses(), slots.differences());
  }

  /** All artifacts of what is committed. */
  Set<Digest> committedArtifacts() throws IOException {
    Set<Digest> all = new LinkedHashSet<>();
    for (Slot slot : slots.all()) {
      all.addAll(committedArtifacts(slot));
    }
    return all;
  }

  private Set<Digest> committedArtifacts(Slot slot) throws IOException {
    Optional<Reported.Running> serving = slot.record().serving();
    return serving.isPresent() ? artifacts.of(serving.get().manifest()) : Set.of();
  }

  /** The files of all releases that slots name, complete or not. */
  List<FileEntry> files() throws IOException {
    List<FileEntry> files = new ArrayList<>();
    for (Digest release : slots.uses().keySet()) {
      artifacts.find(release).ifPresent(manifest -> files.addAll(manifest.flashFiles()));
    }
    return files;
  }

  /** Slots whose committed release holds {@code artifact}. */
  List<Slot> holding(Digest artifact) throws IOException {
    List<Slot> holding = new ArrayList<>();
    for (Slot slot : slots.all()) {
      if (committedArtifacts(slot).contains(artifact)) {
        holding.add(slot);
      }
    }
    return holding;
  }

  /**
   * Makes room on the disk for a release, before it is fetched.
   *
   * @param differences that may be fetched for it
   * @throws dev.sagui.failure.RejectedException OVER_STORE_QUOTA
   * @throws IOException when it does not fit now
   */
  void makeRoom(Manifest manifest, List<Difference> differences) throws IOException {
    List<Inventory.Item> out =
        new Space(store.inventory(uses()), quotaBytes).toFree(manifest, differences);
    if (out.isEmpty()) {
      return;
    }
    for (Slot slot : slots.all()) {
      if (slot.record().state().isRefusal()) {
        store.unstage(slot.record().model(), slot.record().target().orElseThrow().manifest());
      }
    }
    store.free(out);
    collect();
    out.forEach(
        item ->
            LOG.log(
                Level.INFO,
                "collected artifact={0} bytes={1} use={2} for={3}",
                item.file().getFileName(),
                item.bytes(),
                item.use(),
                manifest.model()));
  }

  /** Deletes from the disk what no slot needs. */
  void collect() throws IOException {
    store.collect(uses().keySet(), slots.uses().keySet());
  }
}
