/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.distill.StudentSpec;
import dev.sagui.distill.Students;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a net simpler before it adapts: a student that is fitted to the original's outputs by least
 * squares, so that what the net knows is there to be adapted.
 *
 * @param student empty for the net as it is
 */
record Narrower(Optional<StudentSpec> student, Scratch scratch, int threads, Progress progress) {
  OnnxModel of(OnnxModel model, Map<String, DataSpec> data) throws IOException {
    if (student.isEmpty()) {
      return model;
    }
    Samples samples = Samples.of(model, data);
    return Students.of(model, student.get(), samples, scratch, threads, progress).model();
  }
}
