/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import dev.sagui.device.DeviceId;
import java.util.concurrent.BlockingQueue;

class MemoryLinkTest extends DesiredLinkContract {
  private final MemoryLink link = new MemoryLink();

  @Override
  protected DesiredLink link() {
    return link;
  }

  @Override
  protected BlockingQueue<byte[]> listen(DeviceId device) {
    return link.listen(device);
  }
}
