/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that is to learn from a teacher, before it does.
 *
 * @param model float32, with the teacher's inputs and outputs
 * @param resolved what was chosen: gives the same student again without a search
 * @param notes what was removed or replaced, and why something stayed; for people
 * @param measured how it compares to the teacher before training
 */
public record Student(
    OnnxModel model, StudentSpec resolved, List<String> notes, Measured measured) {
  public Student {
    notes = List.copyOf(notes);
  }

  /**
   * Against the teacher.
   *
   * @param flops share of the multiplications
   * @param latency share of the time of a run at batch 1 on this machine
   * @param error power of the difference of outputs as a share of the teacher's, on samples that
   *     nothing was fitted to
   */
  public record Measured(double flops, double latency, double error) {
    /** Signal to noise. */
    public double sqnrDb() {
      return -10 * Math.log10(Math.max(error, 1e-20));
    }

    /** As reports write it. */
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("flops_ratio", flops);
      json.put("latency_ratio", latency);
      json.put("sqnr_db", sqnrDb());
      return json;
    }
  }
}
