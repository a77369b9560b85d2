/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  private static final ArtifactName MODEL = new ArtifactName("vae");
  private static final Artifact SMALL = new Artifact(new byte[] {1, 2, 3});
  private static final Artifact OTHER = new Artifact(new byte[] {4, 5});
  private static final Digest RELEASE = Digest.of(new byte[] {6});
  private static final Digest OLD_RELEASE = Digest.of(new byte[] {7});
  @TempDir Path home;
  private ArtifactStore store;

  @BeforeEach
  void open() throws IOException {
    store = new ArtifactStore(home);
  }

  @Test
  void refusesBytesThatDoNotHaveTheDigest() throws IOException {
    RejectedException e =
        assertThrows(RejectedException.class, () -> store.put(SMALL.digest(), OTHER.bytes()));
    assertEquals(FailureCode.ARTIFACT_DIGEST_MISMATCH, e.code());
    assertEquals(Set.of(), names("blobs"));
  }

  @Test
  void findsAfterARestartWhatWasPut() throws IOException {
    store.put(SMALL.digest(), SMALL.bytes());
    Path found = new ArtifactStore(home).find(SMALL.digest()).orElseThrow();
    assertArrayEquals(SMALL.bytes(), Files.readAllBytes(found));
    assertTrue(store.find(OTHER.digest()).isEmpty());
  }

  @Test
  void stagesFilesUnderTheirNamesWithoutACopy() throws IOException {
    store.put(SMALL.digest(), SMALL.bytes());
    List<FileEntry> files = List.of(entry("model.onnx", SMALL), entry("twin.bin", SMALL));
    Path folder = store.stage(MODEL, RELEASE, files);
    assertEquals(folder, store.stage(MODEL, RELEASE, files));
    Path blob = store.find(SMALL.digest()).orElseThrow();
    for (FileEntry file : files) {
      Path staged = folder.resolve(file.name());
      assertArrayEquals(SMALL.bytes(), Files.readAllBytes(staged));
      assertEquals(Files.getAttribute(blob, "unix:ino"), Files.getAttribute(staged, "unix:ino"));
    }
  }

  @Test
  void collectKeepsOnlyWhatIsNeeded() throws IOException {
    Artifact unfinished = Artifact.ofChunks(1, 2);
    Artifact forgotten = Artifact.ofChunks(2, 2);
    store.put(SMALL.digest(), SMALL.bytes());
    store.put(OTHER.digest(), OTHER.bytes());
    store.part(unfinished.digest(), unfinished.table()).close();
    store.part(forgotten.digest(), forgotten.table()).close();
    store.stage(MODEL, RELEASE, List.of(entry("model.onnx", SMALL)));
    store.stage(MODEL, OLD_RELEASE, List.of(entry("model.onnx", OTHER)));

    store.collect(Set.of(SMALL.digest(), unfinished.digest()), Set.of(RELEASE));

    assertEquals(Set.of(SMALL.digest().hex()), names("blobs"));
    assertEquals(Set.of(unfinished.digest().hex() + ".part"), names("parts"));
    assertEquals(Set.of(RELEASE.hex()), names("models/vae"));
  }

  @Test
  void collectRemovesWhatAPowerCutLeftBeside() throws IOException {
    store.put(SMALL.digest(), SMALL.bytes());
    Files.write(home.resolve("blobs").resolve(OTHER.digest().hex() + ".part"), new byte[9]);
    store.collect(Set.of(SMALL.digest(), OTHER.digest()), Set.of());
    assertEquals(Set.of(SMALL.digest().hex()), names("blobs"));
  }

  private static FileEntry entry(String name, Artifact artifact) {
    return new FileEntry(
        name, artifact.digest(), artifact.bytes().length, artifact.tableBytes().digest());
  }

  private Set<String> names(String folder) throws IOException {
    try (Stream<Path> all = Files.list(home.resolve(folder))) {
      return all.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
