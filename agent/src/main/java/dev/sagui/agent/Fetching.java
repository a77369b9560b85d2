/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.Settings;
import dev.sagui.agent.fetch.Allowance;
import dev.sagui.agent.fetch.Means;
import dev.sagui.agent.fetch.Pace;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.manifest.Manifest;
import java.io.IOException;
import java.lang.System.Logger.Level;

/** Begins to fetch what a slot strives for. Owned by the agent's thread. */
final class Fetching {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final Settings settings;
  private final ArtifactStore store;
  private final Installer installer;
  private final Slots slots;
  private final Holdings holdings;
  private final Asking asking;

  Fetching(Agent.Parts parts, Slots slots, Asking asking) {
    this.asking = asking;
    this.settings = parts.settings();
    this.store = parts.store();
    this.installer = parts.installer();
    this.slots = slots;
    this.holdings = slots.holdings();
  }

  void begin(Slot slot, long nowNanos) throws IOException {
    SlotRecord record = slot.record();
    SlotRecord.Target target = record.target().orElseThrow();
    LOG.log(
        Level.INFO,
        "state=FETCHING model={0} manifest={1}",
        record.model(),
        target.manifest().abbreviated());
    long floor = record.effort().repair() ? 0 : record.newestSequence();
    Sources sources = asking.sources(target.terms());
    ReleaseFetch fetch =
        new ReleaseFetch(
            target,
            signed -> admit(signed, record.model(), floor, target),
            new Means(
                store,
                holdings::files,
                new Pace(settings.fetchBytesPerSecond(), sources::window),
                allowance(slot, target)));
    slot.begin(new Slot.Pulling(fetch, sources), nowNanos);
  }

  private Allowance allowance(Slot slot, SlotRecord.Target target) {
    return new Allowance(
        target.terms().maxBytes(),
        slot.record().effort().receivedBytes(),
        bytes -> {
          slot.record(slot.record().received(bytes));
          slots.save();
        });
  }

  private Manifest admit(byte[] signed, ArtifactName model, long floor, SlotRecord.Target target)
      throws IOException {
    Manifest manifest = installer.believe(signed, model, floor);
    holdings.makeRoom(manifest, target.terms().differences());
    return manifest;
  }
}
