/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sagui.device.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link DesiredLink} promises. */
public abstract class DesiredLinkContract {
  private static final DeviceId KITCHEN = new DeviceId("kitchen");
  private static final DeviceId CELLAR = new DeviceId("cellar");

  /** The link under test. */
  protected abstract DesiredLink link();

  /** All that {@code device} hears from now on, what is kept for it first. */
  protected abstract BlockingQueue<byte[]> listen(DeviceId device) throws Exception;

  @Test
  void reachesADeviceThatListens() throws Exception {
    BlockingQueue<byte[]> kitchen = listen(KITCHEN);
    link().desired(KITCHEN, bytes("one"));
    link().desired(KITCHEN, bytes("two"));
    assertNext("one", kitchen);
    assertNext("two", kitchen);
  }

  @Test
  void keepsTheLastForADeviceThatComesLater() throws Exception {
    BlockingQueue<byte[]> early = listen(KITCHEN);
    link().desired(KITCHEN, bytes("one"));
    link().desired(KITCHEN, bytes("two"));
    assertNext("one", early);
    assertNext("two", early);
    BlockingQueue<byte[]> late = listen(KITCHEN);
    assertNext("two", late);
    assertNull(late.poll(300, TimeUnit.MILLISECONDS));
  }

  @Test
  void otherDevicesHearNothing() throws Exception {
    BlockingQueue<byte[]> cellar = listen(CELLAR);
    BlockingQueue<byte[]> kitchen = listen(KITCHEN);
    link().desired(KITCHEN, bytes("one"));
    assertNext("one", kitchen);
    assertNull(cellar.poll(300, TimeUnit.MILLISECONDS));
  }

  private static void assertNext(String expected, BlockingQueue<byte[]> heard)
      throws InterruptedException {
    byte @Nullable [] next = heard.poll(10, TimeUnit.SECONDS);
    assertNotNull(next, "nothing arrived within 10 s");
    assertArrayEquals(bytes(expected), next);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
