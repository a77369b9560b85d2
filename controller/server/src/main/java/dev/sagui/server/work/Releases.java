/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.rollout.ReleasePlan;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReleaseStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Signs releases. */
public final class Releases {
  private final ReleaseStore releases;
  private final BlobFolder blobs;
  private final Differences differences;
  private final SigningKey key;
  private final EventStore events;
  private final Clock clock;

  public Releases(
      BlobFolder blobs, Differences differences, SigningKey key, EventStore events, Clock clock) {
    this.releases = differences.releases();
    this.blobs = blobs;
    this.differences = differences;
    this.key = key;
    this.events = events;
    this.clock = clock;
  }

  /**
   * @throws RejectedException BUDGET_NOT_MET, or UNSUPPORTED_MODEL when the manifest is too large
   */
  public synchronized Release add(Model model, StoredVariant variant, List<DeviceProfile> profiles)
      throws IOException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    long sequence = releases.newest(model.name().value()) + 1;
    Manifest manifest = ReleasePlan.manifest(model, variant, profiles, sequence, now);
    byte[] signed = key.sign(manifest);
    if (signed.length > Manifest.MAX_BYTES) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "the release's manifest has %d bytes, devices read at most %d; merge the model's files"
              .formatted(signed.length, Manifest.MAX_BYTES));
    }
    Digest id = blobs.put(signed).digest();
    Release release = release(id, manifest, signed.length, files(variant));
    releases.add(release, differences.order(id));
    differences.wake();
    record(release);
    return release;
  }

  private static List<StoredFile> files(StoredVariant variant) {
    List<StoredFile> files = new ArrayList<>(variant.files());
    files.add(variant.golden());
    return files;
  }

  private static Release release(
      Digest id, Manifest manifest, long manifestBytes, List<StoredFile> files) {
    return new Release(
        id,
        manifest.model(),
        manifest.variant(),
        manifest.sequence(),
        manifest.profiles(),
        manifest.flashBytes(),
        manifestBytes,
        files,
        manifest.created());
  }

  private void record(Release release) {
    events.add(
        new Event(
            0,
            release.created(),
            "",
            release.model().value(),
            Event.Kind.RELEASED,
            "",
            "release %d: %s for %s, %d bytes"
                .formatted(
                    release.sequence(),
                    release.variant(),
                    release.profiles(),
                    release.flashBytes())));
  }
}
