/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.update.Use;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpaceTest {
  private static final long PLENTY = 1L << 40;
  private static final Artifact FILE = new Artifact(new byte[10_000]);
  private static final Manifest RELEASE = new FakeController().release("vae", 1, FILE).manifest();
  private static final long RELEASE_BYTES = RELEASE.flashBytes() + 2 * Digest.BYTES;

  @Test
  void nothingGoesWhileThereIsRoom() throws IOException {
    Inventory store = new Inventory(List.of(item(1, 5_000, Use.REFUSED)), PLENTY);
    assertEquals(List.of(), new Space(store, 0).toFree(RELEASE, List.of()));
    assertEquals(List.of(), new Space(store, 5_000 + RELEASE_BYTES).toFree(RELEASE, List.of()));
  }

  @Test
  void theLeastUsefulGoesFirstAndNoMoreThanMust() throws IOException {
    Inventory.Item small = item(1, 10, Use.UNNEEDED);
    Inventory.Item large = item(2, 900, Use.UNNEEDED);
    Inventory.Item refused = item(3, 5_000, Use.REFUSED);
    Inventory store =
        new Inventory(List.of(refused, small, large, item(4, 700, Use.CURRENT)), PLENTY);
    long all = store.bytes() + RELEASE_BYTES;
    assertEquals(List.of(large), new Space(store, all - 900).toFree(RELEASE, List.of()));
    assertEquals(List.of(large, small), new Space(store, all - 901).toFree(RELEASE, List.of()));
    assertEquals(
        List.of(large, small, refused), new Space(store, all - 911).toFree(RELEASE, List.of()));
  }

  @Test
  void aReleaseThatNeverFitsBesideWhatIsKeptIsRefused() {
    Inventory store =
        new Inventory(
            List.of(item(1, 700, Use.CURRENT), item(2, 300, Use.PREVIOUS), item(3, 9, Use.REFUSED)),
            PLENTY);
    Space space = new Space(store, 1_000 + RELEASE_BYTES - 1);
    RejectedException e =
        assertThrows(RejectedException.class, () -> space.toFree(RELEASE, List.of()));
    assertEquals(FailureCode.OVER_STORE_QUOTA, e.code());
  }

  @Test
  void aReleaseThatOthersOnTheirWayLeaveNoRoomForWaits() {
    Inventory store = new Inventory(List.of(item(1, 700, Use.STAGED)), PLENTY);
    Space space = new Space(store, RELEASE_BYTES + 699);
    assertThrows(IOException.class, () -> space.toFree(RELEASE, List.of()));
  }

  @Test
  void whatIsHereAlreadyNeedsNoRoom() throws IOException {
    Inventory.Item half =
        new Inventory.Item(Path.of(FILE.digest().hex() + ".part"), 6_000, Use.STAGED);
    Inventory store = new Inventory(List.of(half), RELEASE_BYTES - 6_000 + Space.RESERVE_BYTES);
    assertEquals(List.of(), new Space(store, RELEASE_BYTES).toFree(RELEASE, List.of()));
    Inventory shared =
        new Inventory(
            List.of(new Inventory.Item(Path.of(FILE.digest().hex()), 10_000, Use.CURRENT)), PLENTY);
    assertEquals(List.of(), new Space(shared, RELEASE_BYTES).toFree(RELEASE, List.of()));
  }

  @Test
  void aFullDiskIsToldBeforeTheFetch() {
    Inventory store = new Inventory(List.of(), RELEASE_BYTES + Space.RESERVE_BYTES - 1);
    assertThrows(IOException.class, () -> new Space(store, 0).toFree(RELEASE, List.of()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsKeptStaysAndWhatIsChosenSuffices(long seed) {
    Random random = new Random(seed);
    int fitted = 0;
    for (int round = 0; round < 2_000; round++) {
      List<Inventory.Item> items = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        items.add(item(i, random.nextInt(9_000), Use.values()[random.nextInt(5)]));
      }
      Inventory store = new Inventory(items, random.nextInt(40_000) + Space.RESERVE_BYTES);
      long quota = random.nextInt(4) == 0 ? 0 : random.nextInt(60_000) + 1;
      try {
        List<Inventory.Item> out = new Space(store, quota).toFree(RELEASE, List.of());
        long freed = out.stream().mapToLong(Inventory.Item::bytes).sum();
        out.forEach(item -> assertFalse(item.use().isKept() || item.use() == Use.STAGED));
        assertTrue(quota == 0 || store.bytes() - freed + RELEASE_BYTES <= quota);
        assertTrue(store.freeBytes() + freed >= RELEASE_BYTES + Space.RESERVE_BYTES);
        fitted++;
      } catch (RejectedException e) {
        assertTrue(store.bytes(Use.CURRENT) + store.bytes(Use.PREVIOUS) + RELEASE_BYTES > quota);
      } catch (IOException e) {
        // it waits
      }
    }
    assertTrue(fitted > 200, fitted + " fitted");
  }

  private static Inventory.Item item(int seed, long bytes, Use use) {
    return new Inventory.Item(Path.of(Digest.of(new byte[] {(byte) seed}).hex()), bytes, use);
  }
}
