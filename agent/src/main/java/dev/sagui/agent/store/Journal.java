/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.agent.update.AgentRecord;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The agent's record on disk: four bytes of CRC-32, then JSON. The last good one lies beside it,
 * for a disk that loses what it forced.
 */
public final class Journal {
  private static final System.Logger LOG = System.getLogger("sagui.journal");
  private final Path file;
  private final Path lastGood;

  public Journal(Path folder) {
    this.file = folder.resolve("journal");
    this.lastGood = folder.resolve("journal.last-good");
  }

  /** What was saved last; the last good one if that is damaged; empty at the first start. */
  public AgentRecord load() {
    Optional<AgentRecord> record = readQuietly(file);
    if (record.isEmpty() && Files.exists(file)) {
      LOG.log(Level.WARNING, "journal=damaged file={0} using=last-good", file);
    }
    return record.or(() -> readQuietly(lastGood)).orElseGet(AgentRecord::empty);
  }

  /** Returns when the record will survive a power cut. */
  public void save(AgentRecord record) throws IOException {
    byte[] json = record.encode();
    CRC32 crc = new CRC32();
    crc.update(json);
    byte[] bytes =
        ByteBuffer.allocate(Integer.BYTES + json.length)
            .putInt((int) crc.getValue())
            .put(json)
            .array();
    reach("before-save", record);
    if (readQuietly(file).isPresent()) {
      Files.copy(file, lastGood, StandardCopyOption.REPLACE_EXISTING);
    }
    StagedFile.write(file, bytes, () -> reach("mid-save", record));
    reach("after-save", record);
  }

  private static void reach(String point, AgentRecord record) {
    record.slots().forEach(slot -> FailPoint.reach(point, slot.state()));
  }

  private static Optional<AgentRecord> readQuietly(Path file) {
    try {
      return read(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "journal=unreadable file={0} reason=\"{1}\"", file, e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<AgentRecord> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length < Integer.BYTES) {
      return Optional.empty();
    }
    byte[] json = Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length);
    CRC32 crc = new CRC32();
    crc.update(json);
    try {
      boolean whole = (int) crc.getValue() == ByteBuffer.wrap(bytes).getInt();
      return whole ? Optional.of(AgentRecord.parse(json)) : Optional.empty();
    } catch (RejectedException e) {
      return Optional.empty();
    }
  }
}
