/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFullIT {
  private static final int LIMIT_MB = 8;
  private static final int WEIGHTS = 4 << 20;

  @TempDir Path home;

  @Test
  void anUploadThatFillsTheDiskIsRefusedAndLeavesNothingBehind() throws Exception {
    try (PackagedController controller = PackagedController.startOnASmallDisk(home, LIMIT_MB)) {
      controller.awaitReady();
      Bundle large =
          new Bundle()
              .file("model.onnx", Bundle.model(WEIGHTS, "w.bin"))
              .zeros("w.bin", 4 * WEIGHTS);
      HttpResponse<byte[]> refused =
          controller.post("/api/v1/models?name=large", "application/x-tar", large.send());
      assertEquals(507, refused.statusCode());
      assertEquals("DISK_FULL", Fields.parse(refused.body()).string("code"));
      try (var left = Files.list(home.resolve("blobs/incoming"))) {
        assertEquals(List.of(), left.toList());
      }
      Bundle small = new Bundle().file("model.onnx", Bundle.model(8, "w.bin")).zeros("w.bin", 32);
      HttpResponse<byte[]> taken =
          controller.post("/api/v1/models?name=small", "application/x-tar", small.send());
      assertEquals(201, taken.statusCode());
    }
  }
}
