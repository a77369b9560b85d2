/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.link.Link;
import dev.sagui.agent.link.LinkContract;
import dev.sagui.wire.Channel;

class FakeLinkTest extends LinkContract {
  private final FakeLink link = new FakeLink();

  @Override
  protected Link link() {
    return link;
  }

  @Override
  protected byte[] next(Channel channel) {
    return link.next(channel);
  }

  @Override
  protected void cut() {
    link.cut(true);
  }

  @Override
  protected void restore() {
    link.cut(false);
  }
}
