/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.tensor.DataType;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The distance of each float32 output from the teacher's, which is fed beside the inputs. */
final class ImitationLoss implements Criterion {
  private final List<String> outputs;
  private final LossTerms loss;
  private final double peak;

  /**
   * @param outputs those that are float32
   * @param peak of their nominal range
   */
  ImitationLoss(List<String> outputs, LossTerms loss, double peak) {
    this.outputs = List.copyOf(outputs);
    this.loss = loss;
    this.peak = peak;
  }

  /** The input that the teacher's output is fed to. */
  static String target(String output) {
    return output + "_of_teacher";
  }

  @Override
  public Terms add(GraphInMaking made) {
    Map<String, String> each = new LinkedHashMap<>();
    List<String> totals = new ArrayList<>();
    for (String output : outputs) {
      List<Long> shape = made.shape(output);
      Feed fed = made.input(target(output), DataType.FP32, shape);
      Map<String, String> terms = loss.add(made.emit(), new Pair(output, fed.name(), shape, peak));
      totals.add(loss.total(made.emit(), terms));
      terms.forEach(
          (name, value) -> each.put(outputs.size() == 1 ? name : output + "." + name, value));
    }
    String total = totals.get(0);
    for (String more : totals.subList(1, totals.size())) {
      total = made.emit().add(total, more);
    }
    return new Terms(total, each);
  }
}
