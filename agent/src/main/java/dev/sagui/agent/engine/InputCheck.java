/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.Tensor;
import java.util.List;

/** Whether a request's tensors are what the model takes; pure. */
final class InputCheck {
  private InputCheck() {}

  static void check(List<TensorInfo> wanted, List<Tensor> given) {
    for (TensorInfo info : wanted) {
      Tensor tensor =
          given.stream()
              .filter(candidate -> candidate.name().equals(info.name()))
              .findFirst()
              .orElseThrow(
                  () ->
                      bad(
                          "input '%s' is missing, found %s"
                              .formatted(info.name(), given.stream().map(Tensor::name).toList())));
      if (tensor.type() != info.type() || !fits(info.shape(), tensor.shape())) {
        throw bad(
            "input '%s' must be %s %s, found %s %s"
                .formatted(info.name(), info.type(), info.shape(), tensor.type(), tensor.shape()));
      }
    }
    if (given.size() != wanted.size()) {
      throw bad(
          "the model has inputs %s, found %s"
              .formatted(
                  wanted.stream().map(TensorInfo::name).toList(),
                  given.stream().map(Tensor::name).toList()));
    }
  }

  private static boolean fits(List<Long> wanted, List<Long> given) {
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      boolean free = wanted.get(i) < 0 && given.get(i) > 0;
      if (!free && !wanted.get(i).equals(given.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static RejectedException bad(String message) {
    return new RejectedException(FailureCode.BAD_TENSOR, message);
  }
}
