/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.fetch.ChunkSourceContract;
import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.store.Artifact;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import java.util.ArrayList;
import java.util.List;

class LinkSourceTest extends ChunkSourceContract {
  private final FakeController controller = new FakeController();
  private final FakeLink link = new FakeLink();

  @Override
  protected ChunkSource source(Artifact artifact) {
    controller.keep(artifact);
    return new LinkSource(link, () -> 0);
  }

  @Override
  protected List<byte[]> come() {
    List<byte[]> all = new ArrayList<>();
    link.take(Channel.CHUNK_REQUEST)
        .forEach(request -> all.addAll(controller.answer(ChunkRequest.parse(request))));
    return all;
  }
}
