/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestdataIT {
  @TempDir Path folder;

  @Test
  void everyModelIsWrittenAsItWasRead() throws IOException {
    List<String> different = new ArrayList<>();
    int number = 0;
    for (Path file : OnnxTestdata.models()) {
      Path out = Files.createDirectory(folder.resolve("" + number++));
      ModelWriter.write(OnnxModel.open(file), out, Progress.NONE);
      ModelProto before = ModelProto.parseFrom(Files.readAllBytes(file));
      ModelProto after = ModelProto.parseFrom(Files.readAllBytes(out.resolve("model.onnx")));
      if (!before.equals(after)) {
        different.add(OnnxTestdata.name(file));
      }
    }
    assertEquals(List.of(), different);
  }

  @Test
  void everyModelPassesTheCheckAsItIsAndAsAnEditedGraph() throws IOException {
    List<String> faults = new ArrayList<>();
    for (Path file : OnnxTestdata.models()) {
      OnnxModel model = OnnxModel.open(file);
      ModelProto rebuilt =
          PlainInitializers.of(model.proto()).toBuilder()
              .setGraph(new Graph(model).build())
              .build();
      GraphCheck.faults(model.proto()).forEach(f -> faults.add(OnnxTestdata.name(file) + ": " + f));
      GraphCheck.faults(rebuilt).forEach(f -> faults.add(OnnxTestdata.name(file) + ": " + f));
    }
    assertEquals(List.of(), faults);
  }
}
