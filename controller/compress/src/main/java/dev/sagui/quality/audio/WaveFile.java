/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A waveform as a RIFF/WAVE file of one channel and 16 bits (Microsoft and IBM 1991). */
public final class WaveFile {
  private static final int HEADER = 44;
  private static final int FORMAT_BYTES = 16;

  private WaveFile() {}

  /**
   * @param samples in −1..1; what is beyond is cut off
   */
  public static byte[] of(float[] samples, int sampleRate) {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(ascii("RIFF")).putInt(HEADER - 8 + 2 * samples.length).put(ascii("WAVE"));
    out.put(ascii("fmt ")).putInt(FORMAT_BYTES).putShort((short) 1).putShort((short) 1);
    out.putInt(sampleRate).putInt(2 * sampleRate).putShort((short) 2).putShort((short) 16);
    out.put(ascii("data")).putInt(2 * samples.length);
    for (float sample : samples) {
      out.putShort((short) Math.round(Short.MAX_VALUE * Math.max(-1, Math.min(1, sample))));
    }
    return out.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
