/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.HostMachine;
import dev.sagui.run.OrtModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeGraphIT {
  @TempDir Path folder;

  @Test
  void eachIsSmallAndGivesTheOutputThatItNames() throws Exception {
    DeviceProfile host = HostMachine.profile();
    for (ProbeGraph graph :
        List.of(
            ProbeGraph.floats(),
            ProbeGraph.integers(host),
            ProbeGraph.product(host),
            ProbeGraph.call())) {
      assertTrue(graph.model().proto().getSerializedSize() < 1_000, graph.work().kind());
      try (OrtModel session = OrtModel.open(graph.model(), 1, false)) {
        assertEquals(List.of(graph.output()), session.run(List.of(graph.input())));
      }
    }
  }
}
