/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;

/** What {@code sagui compress} wrote, held against its report. */
final class Written {
  /** What nothing was done to is written in another encoding of the message. */
  private static final double SAME = 1.001;

  private Written() {}

  /** Bytes and digest are the file's; what a step left as it was has a reason. */
  static void meets(Fields report, Path out) throws IOException {
    Path written = out.resolve("model.onnx");
    Fields output = report.object("output");
    assertEquals(OnnxModel.open(written).sizeBytes(), output.integer("bytes"));
    assertEquals(FileDigests.of(written).hex(), output.string("sha256"));
    assertTrue(output.integer("bytes") <= SAME * report.object("input").integer("bytes"), "bytes");
    for (Fields step : report.objects("steps", each -> each)) {
      assertTrue(step.flag("changed") || !step.string("reason").isEmpty(), step.string("name"));
    }
  }
}
