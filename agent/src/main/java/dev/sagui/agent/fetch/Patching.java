/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.PartFile;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.difference.Bytes;
import dev.sagui.difference.DifferenceReader;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Makes the missing chunks of a file of another one and their difference. What does not come out as
 * signed is left to be fetched; so is all of it when the base is not what it was.
 */
final class Patching implements LocalWork {
  private static final System.Logger LOG = System.getLogger("sagui.update");
  private static final int CHUNKS_A_STEP = 4;

  private final PartFile into;
  private final Difference difference;
  private final ArtifactStore store;
  private final Tally tally;
  private final DifferenceReader reader;
  private final byte[] buffer = new byte[ChunkTable.CHUNK_BYTES];
  private int wrong;

  Patching(PartFile into, Difference difference, ArtifactStore store, Tally tally)
      throws IOException {
    this.into = into;
    this.difference = difference;
    this.store = store;
    this.tally = tally;
    this.reader =
        new DifferenceReader(
            stored(store, difference.digest()),
            stored(store, difference.base()),
            into.table().sizeBytes());
  }

  private static Bytes stored(ArtifactStore store, Digest artifact) throws IOException {
    long size = store.sizeOf(artifact);
    return new Bytes() {
      @Override
      public long sizeBytes() {
        return size;
      }

      @Override
      public int read(long position, byte[] into, int offset, int length) throws IOException {
        return store.read(artifact, position, into, offset, length);
      }
    };
  }

  @Override
  public boolean step() throws IOException {
    try {
      for (int i = 0; i < CHUNKS_A_STEP && reader.index() < into.table().count(); i++) {
        make(reader.index());
      }
    } catch (RejectedException e) {
      LOG.log(Level.WARNING, "difference=left reason=\"{0}\"", e.getMessage());
      return end();
    }
    return reader.index() < into.table().count() || end();
  }

  private void make(int index) throws IOException {
    int length = reader.next(buffer);
    if (length == 0 || !into.missing().contains(index)) {
      return;
    }
    try {
      into.write(index, buffer, 0, length);
      tally.made(length);
    } catch (RejectedException e) {
      wrong++; // the disk has changed the base
    }
  }

  private boolean end() throws IOException {
    store.drop(difference.digest());
    store.drop(difference.chunks());
    LOG.log(
        Level.INFO,
        "difference=applied base={0} missing={1} wrong={2}",
        difference.base().abbreviated(),
        into.missing().size(),
        wrong);
    return false;
  }
}
