/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.update.AgentRecord;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.json.JsonMangler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  @Test
  void isEmptyAtTheFirstStart() throws IOException {
    assertEquals(AgentRecord.empty(), new Journal(folder).load());
  }

  @Test
  void returnsWhatWasSavedLast() throws IOException {
    new Journal(folder).save(record(1));
    new Journal(folder).save(record(2));
    assertEquals(record(2), new Journal(folder).load());
  }

  @Test
  void anySingleFlippedBitFallsBackToTheLastGoodOne() throws IOException {
    Journal journal = saved(1, 2);
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(5);
    for (int i = 0; i < 100; i++) {
      byte[] rotten = whole.clone();
      rotten[random.nextInt(rotten.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), rotten);
      assertEquals(record(1), journal.load());
    }
  }

  @Test
  void anyTruncationFallsBackToTheLastGoodOne() throws IOException {
    Journal journal = saved(1, 2);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertEquals(record(1), journal.load());
    }
  }

  @Test
  void aDamagedJournalNeverBecomesTheLastGoodOne() throws IOException {
    Journal journal = saved(1, 2);
    Files.write(file(), new byte[] {1, 2, 3, 4, 5});
    journal.save(record(3));
    Files.write(file(), new byte[0]);
    assertEquals(record(1), journal.load());
  }

  @Test
  void usesTheLastGoodOneWhenTheJournalIsGone() throws IOException {
    Journal journal = saved(1, 2);
    Files.delete(file());
    assertEquals(record(1), journal.load());
  }

  @Test
  void usesTheLastGoodOneWhenTheDiskDoesNotGiveTheJournal() throws IOException {
    Journal journal = saved(1, 2);
    Files.delete(file());
    Files.createDirectory(file()); // cannot be read
    assertEquals(record(1), journal.load());
  }

  @Test
  void whateverTheJournalHoldsTheAgentStarts() throws IOException {
    saved(1, 2);
    byte[] whole = Files.readAllBytes(file());
    byte[] json = Arrays.copyOfRange(whole, Integer.BYTES, whole.length);
    JsonMangler mangler = new JsonMangler(31);
    for (int round = 0; round < 1_000; round++) {
      byte[] other = mangler.mangled(json);
      CRC32 crc = new CRC32();
      crc.update(other);
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + other.length);
      Files.write(file(), bytes.putInt((int) crc.getValue()).put(other).array());
      new Journal(folder).load();
    }
  }

  @Test
  void startsEmptyWhenBothAreDamaged() throws IOException {
    Journal journal = saved(1, 2);
    Files.write(file(), new byte[7]);
    Files.write(folder.resolve("journal.last-good"), new byte[9]);
    assertEquals(AgentRecord.empty(), journal.load());
  }

  @Test
  void ignoresAndReplacesWhatAPowerCutLeftBeside() throws IOException {
    Journal journal = saved(1, 2);
    Path part = Files.write(folder.resolve("journal.part"), new byte[10_000]);
    assertEquals(record(2), journal.load());
    journal.save(record(3));
    assertEquals(record(3), journal.load());
    assertTrue(Files.notExists(part));
  }

  private Journal saved(long... sequences) throws IOException {
    Journal journal = new Journal(folder);
    for (long sequence : sequences) {
      journal.save(record(sequence));
    }
    return journal;
  }

  private Path file() {
    return folder.resolve("journal");
  }

  private static AgentRecord record(long sequence) {
    return new AgentRecord(sequence, List.of(SlotRecord.fresh(new ArtifactName("vae"))), Map.of());
  }
}
