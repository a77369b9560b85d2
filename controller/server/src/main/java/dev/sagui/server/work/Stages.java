/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import java.util.List;

/** How much of a fit is done, by the variant that its step names first. */
final class Stages {
  private static final List<String> ORDER = List.of("fp32", "fp16", "int8");

  private Stages() {}

  static double overall(String step, double fraction) {
    for (int i = 0; i < ORDER.size(); i++) {
      if (step.startsWith(ORDER.get(i))) {
        double inside = Math.max(0, Math.min(1, fraction));
        return (i + inside) / ORDER.size();
      }
    }
    return 0;
  }
}
