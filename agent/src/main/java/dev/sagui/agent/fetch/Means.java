/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.FileEntry;
import java.io.IOException;
import java.util.List;

/**
 * What a release is fetched with.
 *
 * @param store where it goes
 * @param held which other files that store may have
 * @param allowance bytes that may come
 */
public record Means(ArtifactStore store, Held held, Pace pace, Allowance allowance) {
  /** Whether an artifact is here, complete. */
  boolean has(Digest artifact) {
    return store.find(artifact).isPresent();
  }

  /** Before a source that can be asked is. */
  void prepare() throws IOException {
    if (pace.window() > 0) {
      allowance.prepare();
    }
  }

  /** Names files of releases. */
  public interface Held {
    /** None. */
    Held NOTHING = List::of;

    /** Files of which chunks may be taken; those that are not on the disk do no harm. */
    List<FileEntry> files() throws IOException;
  }
}
