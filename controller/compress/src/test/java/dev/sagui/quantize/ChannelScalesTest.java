/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChannelScalesTest {
  @Test
  void manyScalesOfLikeSizeAreCodes() {
    float[] wanted = new float[200];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = (i % 2 == 0 ? 1 : -1) * (0.02f + 0.0001f * i);
    }
    ChannelScales scales = ChannelScales.small(wanted);
    assertEquals(ChannelScales.Form.CODES, scales.form());
    assertEquals(204, scales.bytes());
    for (int i = 0; i < wanted.length; i++) {
      assertEquals(1, scales.values()[i] / wanted[i], 0.01);
    }
  }

  @Test
  void fewScalesAreHalves() {
    ChannelScales scales = ChannelScales.small(new float[] {0.1f, -0.3f});
    assertEquals(ChannelScales.Form.HALF, scales.form());
    assertEquals(4, scales.bytes());
    assertEquals(-0.3f, scales.values()[1], 2e-4);
  }

  @Test
  void scalesOfUnlikeSizeAreNoCodes() {
    float[] wanted = new float[200];
    Arrays.fill(wanted, 0.1f);
    wanted[7] = 0.001f;
    assertEquals(ChannelScales.Form.HALF, ChannelScales.small(wanted).form());
  }

  @Test
  void scalesBelowHalfPrecisionStayFloat() {
    ChannelScales scales = ChannelScales.small(new float[] {1e-7f, 0.1f});
    assertEquals(ChannelScales.Form.FLOAT, scales.form());
    assertEquals(1e-7f, scales.values()[0]);
  }

  @Test
  void channelsOfZerosTakeAnyScale() {
    ChannelScales scales = ChannelScales.small(new float[] {Float.MIN_NORMAL, 0.1f});
    assertEquals(ChannelScales.Form.HALF, scales.form());
  }

  @Test
  void closeScalesAreHalvesWhereManyAreSoTheyHoldWell() {
    float[] wanted = new float[64];
    Arrays.fill(wanted, 0.003f);
    assertEquals(ChannelScales.Form.HALF, ChannelScales.close(wanted).form());
    assertEquals(0.003f, ChannelScales.close(wanted).values()[9], 3e-6);
    assertEquals(ChannelScales.Form.FLOAT, ChannelScales.close(new float[] {0.003f}).form());
    wanted[5] = Float.MIN_NORMAL;
    assertEquals(ChannelScales.Form.HALF, ChannelScales.close(wanted).form());
    wanted[5] = 1e-7f;
    assertEquals(ChannelScales.Form.FLOAT, ChannelScales.close(wanted).form());
  }

  @Test
  void productsKeepTheirForm() {
    float[] wanted = new float[128];
    Arrays.fill(wanted, 0.3f);
    ChannelScales scales = ChannelScales.small(wanted);
    assertEquals(2 * scales.values()[0], scales.times(2).values()[0]);
    assertEquals(scales.times(2).values()[0], scales.times(2).held(0.6f));
    assertTrue(scales.times(2).unit() > scales.unit());
  }
}
