/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.distill.Student;
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
 */
record Narrower(Scratch scratch, int threads, Progress progress) {
  /**
   * A net and what was chosen for it.
   *
   * @param chosen empty for a net as it is
   */
  record Made(OnnxModel net, Optional<StudentSpec> chosen) {
    /** The same recipe with what was chosen. */
    TransferSpec resolved(TransferSpec spec) {
      return spec.with(new Simpler(chosen, Optional.empty()));
    }
  }

  /**
   * @param student empty for the net as it is
   */
  Made of(OnnxModel model, Optional<StudentSpec> student, Map<String, DataSpec> data)
      throws IOException {
    if (student.isEmpty()) {
      return new Made(model, student);
    }
    Samples samples = Samples.of(model, data);
    Student made = Students.of(model, student.get(), samples, scratch, threads, progress);
    return new Made(made.model(), Optional.of(made.resolved()));
  }
}
