/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import dev.sagui.device.DeviceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A link without a broker, for tests. */
public final class MemoryLink implements DesiredLink {
  private final Map<DeviceId, byte[]> kept = new HashMap<>();
  private final Map<DeviceId, List<BlockingQueue<byte[]>>> listeners = new HashMap<>();

  @Override
  public synchronized void desired(DeviceId device, byte[] envelope) {
    kept.put(device, envelope.clone());
    listeners.getOrDefault(device, List.of()).forEach(queue -> queue.add(envelope.clone()));
  }

  /** All that {@code device} hears from now on, what is kept for it first. */
  public synchronized BlockingQueue<byte[]> listen(DeviceId device) {
    BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
    kept(device).ifPresent(heard::add);
    listeners.computeIfAbsent(device, id -> new ArrayList<>()).add(heard);
    return heard;
  }

  /** What is kept for {@code device}. */
  public synchronized Optional<byte[]> kept(DeviceId device) {
    return Optional.ofNullable(kept.get(device)).map(byte[]::clone);
  }
}
