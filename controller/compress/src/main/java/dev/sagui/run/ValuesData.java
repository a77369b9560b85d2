/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.ConstantSource;
import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.SampleSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The same values in every sample: {@code values:V,V,…}; one value stands for all elements.
 *
 * @param text the numbers as they were given
 */
record ValuesData(String text) implements DataSpec {
  private static final String KIND = "values:";

  ValuesData {
    if (!text.matches("-?[\\d.eE+-]+(,-?[\\d.eE+-]+)*")) {
      throw DataSpec.wrong(KIND + text);
    }
  }

  static Optional<DataSpec> find(String text) {
    return text.startsWith(KIND)
        ? Optional.of(new ValuesData(text.substring(KIND.length())))
        : Optional.empty();
  }

  @Override
  public boolean isWeak() {
    return false;
  }

  @Override
  public DataSpec with(long seed, int count) {
    return this;
  }

  @Override
  public SampleSource open(List<InputSlot> slots, Optional<Path> modelFile) {
    try {
      return new ConstantSource(
          slots, Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray());
    } catch (NumberFormatException e) {
      throw DataSpec.wrong(KIND + text);
    }
  }

  @Override
  public String toString() {
    return KIND + text;
  }
}
