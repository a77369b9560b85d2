/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Debian's libonnx-testdata: every model is written as it was read, and folded without a loss. */
final class TestdataPart {
  private static final Path ROOT = Path.of("/usr/share/libonnx-testdata/data");

  private int models;
  private int same;
  private int run;
  private int folded;
  private int changed;

  private TestdataPart() {}

  static List<Row> run(Consumer<String> progress) throws IOException {
    if (!Files.isDirectory(ROOT)) {
      throw new BenchException("no " + ROOT + "; apt-get install libonnx-testdata");
    }
    TestdataPart part = new TestdataPart();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList()) {
        part.look(file);
        if (part.models % 250 == 0) {
          progress.accept("ONNX test data: %d models".formatted(part.models));
        }
      }
    }
    return part.rows();
  }

  private List<Row> rows() {
    return List.of(
        Row.alone(
            "ONNX test data: models written as they were read",
            String.format(Locale.ROOT, "%,d of %,d", same, models)),
        Row.alone(
            "… that ONNX Runtime runs, and that give the same after fold; changed by it",
            String.format(Locale.ROOT, "%,d of %,d; %d", folded, run, changed)));
  }

  private void look(Path file) throws IOException {
    models++;
    OnnxModel model = OnnxModel.open(file);
    Path folder = Files.createTempDirectory("sagui-testdata-");
    try {
      List<Path> written = ModelWriter.write(model, folder, Progress.NONE);
      ModelProto before = ModelProto.parseFrom(Files.readAllBytes(file));
      same += before.equals(ModelProto.parseFrom(Files.readAllBytes(written.get(0)))) ? 1 : 0;
      for (Path each : written) {
        Files.delete(each);
      }
    } finally {
      Files.delete(folder);
    }
    Optional<List<Tensor>> inputs = TestdataInputs.of(model);
    if (inputs.isPresent() && runs(file, inputs.get())) {
      run++;
      fold(model, inputs.get());
    }
  }

  private static boolean runs(Path file, List<Tensor> inputs) {
    try (OrtModel session = OrtModel.open(file, 1)) {
      return session.run(inputs).size() > 0;
    } catch (RejectedException e) {
      return false;
    }
  }

  private void fold(OnnxModel model, List<Tensor> inputs) throws IOException {
    try (Scratch scratch = Scratch.create()) {
      Cleanup.Result result = Cleanup.apply(model, inputs, scratch, Progress.NONE);
      boolean broken = result.passes().stream().anyMatch(Cleanup.Outcome::reverted);
      folded += broken ? 0 : 1;
      changed += result.changed() ? 1 : 0;
    }
  }
}
