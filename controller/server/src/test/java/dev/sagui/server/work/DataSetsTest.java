/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.run.DataSpec;
import dev.sagui.server.store.DataFolder;
import dev.sagui.server.store.DataSetStore;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.EventStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSetsTest {
  @TempDir Path home;

  private Database database;
  private DataSets sets;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(home.resolve("sagui.db"));
    sets = sets();
    sets.add(new ArtifactName("notes.txt"), new ByteArrayInputStream(new byte[9]), false);
  }

  private DataSets sets() throws IOException {
    DataSetStore store = new DataSetStore(database);
    DataFolder folder = new DataFolder(home.resolve("data"), 20, store.bytes());
    return new DataSets(folder, store, new EventStore(database), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest
  @CsvSource({
    "text:notes.txt, text:DATA/notes.txt",
    "idx:notes.txt:0..1:200, idx:DATA/notes.txt:0..1:200",
    "images:notes.txt:nchw:-1..1, images:DATA/notes.txt:nchw:-1..1",
    "npz:notes.txt:3, npz:DATA/notes.txt:3",
    "npy:notes.txt, npy:DATA/notes.txt",
    "audio:notes.txt:7, audio:DATA/notes.txt:7",
    "latent:normal:3:32, latent:normal:3:32"
  })
  void everyKindOfDataIsFoundWhereItLies(String written, String found) {
    DataSpec spec = sets.located(DataSpec.parse(written));
    String data = home.resolve("data").toString();
    assertEquals(DataSpec.parse(found.replace("DATA", data)), spec);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text:/etc/hosts",
        "text:..",
        "text:../sagui.db",
        "text:notes.txt/../../sagui.db",
        "text:./notes.txt",
        "images:/"
      })
  void noOtherFileIsRead(String written) {
    assertRefused(FailureCode.BAD_REQUEST, written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text:none", "images:.incoming", "text:notes.txt/page"})
  void whatIsNotThereIsNamed(String written) {
    assertRefused(FailureCode.NOT_FOUND, written);
  }

  private void assertRefused(FailureCode code, String written) {
    DataSpec spec = DataSpec.parse(written);
    RejectedException refused = assertThrows(RejectedException.class, () -> sets.located(spec));
    assertEquals(code, refused.code());
    assertTrue(String.valueOf(refused.getMessage()).contains(written), refused.getMessage());
  }

  @Test
  void theQuotaCountsWhatIsThereAndWhatWentIsFree() throws IOException {
    assertThrows(RejectedException.class, () -> add("large", 12));
    add("small", 11);
    assertTrue(sets.remove("notes.txt"));
    add("next", 9);
    sets = sets(); // as after a start
    assertThrows(RejectedException.class, () -> add("more", 1));
  }

  private void add(String name, int bytes) throws IOException {
    sets.add(new ArtifactName(name), new ByteArrayInputStream(new byte[bytes]), false);
  }

  @Test
  void aStartDeletesWhatWasNotListed() throws IOException {
    Path half = Files.createDirectory(home.resolve("data/half"));
    Path incoming = Files.createDirectory(home.resolve("data/.incoming/x"));
    sets.clear();
    assertFalse(Files.exists(half) || Files.exists(incoming));
    assertEquals(
        List.of("notes.txt"), sets.list("", 9).stream().map(s -> s.name().value()).toList());
    assertTrue(Files.exists(home.resolve("data/notes.txt")));
  }
}
