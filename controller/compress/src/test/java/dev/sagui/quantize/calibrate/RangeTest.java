/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RangeTest {
  @Test
  void zeroIsExact() {
    assertEquals(new Range(0, 3), Range.of(1, 3));
    assertEquals(new Range(-3, 0), Range.of(-3, -1));
    Affine affine = Range.of(-1, 3).uint8();
    assertEquals(4f / 255, affine.scale());
    assertEquals(64, affine.zeroPoint());
    assertEquals(-64, Range.of(-1, 3).int8().zeroPoint());
    assertEquals(255, Range.of(-3, 0).uint8().zeroPoint());
  }

  @Test
  void symmetricTypesHaveNoZeroPoint() {
    assertEquals(new Affine(3f / 127, 0), Range.of(-1, 3).int8Symmetric());
    assertEquals(new Range(-3, 3), Range.of(-1, 3).symmetric());
  }

  @Test
  void rangesWithoutWidthHaveScaleOne() {
    assertEquals(new Affine(1, 0), Range.ZERO.uint8());
    assertEquals(new Affine(1, 0), Range.ZERO.int8Symmetric());
  }

  @Test
  void endsThatAreNoNumbersAreBrought() {
    assertEquals(Range.ZERO, Range.of(Double.NaN, Double.NaN));
    assertEquals(
        new Range(-Float.MAX_VALUE, Float.MAX_VALUE),
        Range.of(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
    assertEquals(Float.MIN_NORMAL, Range.of(0, Float.MIN_VALUE).uint8().scale());
    assertEquals(128, Range.of(-Float.MAX_VALUE, Float.MAX_VALUE).uint8().zeroPoint());
  }
}
