/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.quantize.calibrate.Calibration;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.quantize.calibrate.TensorStatistics;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process of its own that finds the range of every value of a model by entropy. */
final class CalibrationProgram {
  private CalibrationProgram() {}

  /**
   * @param args the model, and the file with samples
   */
  public static void main(String[] args) throws IOException {
    OnnxModel model = OnnxModel.open(Path.of(args[0]));
    List<String> values = new ArrayList<>();
    model.facts().inputs().stream().map(ValueFacts::name).forEach(values::add);
    values.addAll(Taps.values(model));
    Samples samples = Samples.of(model, Map.of("", DataSpec.parse("npz:" + args[1])));
    Map<String, TensorStatistics> found =
        Calibration.collect(model, values, samples, 1, Progress.NONE);
    found.values().forEach(each -> each.range(RangeMethod.ENTROPY, 256, false));
    System.out.println(found.size() + " tensors");
  }
}
