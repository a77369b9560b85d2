/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * An RGB picture that can be drawn on and encoded as PNG (ISO/IEC 15948); needs neither AWT nor
 * fonts, which slim JREs lack.
 */
public final class PngCanvas {
  private static final int BACKGROUND = 0xFFFFFF;
  private static final int INK = 0x222222;
  private static final int TEXT_SCALE = 2;

  private final int width;
  private final int height;
  private final int[] pixels;

  /** A white one. */
  public PngCanvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.pixels = new int[Math.multiplyExact(width, height)];
    Arrays.fill(pixels, BACKGROUND);
  }

  /** Sets a pixel to 0xRRGGBB; outside of the picture nothing happens. */
  public void set(int x, int y, int rgb) {
    if (x >= 0 && x < width && y >= 0 && y < height) {
      pixels[y * width + x] = rgb;
    }
  }

  /** Pixels that a text takes from left to right. */
  public static int textWidth(String text) {
    return text.length() * (PixelFont.WIDTH + 1) * TEXT_SCALE;
  }

  /** Writes in capitals, digits and a few signs. */
  public void text(String text, int left, int top) {
    for (int i = 0; i < text.length(); i++) {
      int at = left + i * (PixelFont.WIDTH + 1) * TEXT_SCALE;
      for (int y = 0; y < PixelFont.HEIGHT * TEXT_SCALE; y++) {
        for (int x = 0; x < PixelFont.WIDTH * TEXT_SCALE; x++) {
          if (PixelFont.isInk(text.charAt(i), x / TEXT_SCALE, y / TEXT_SCALE)) {
            set(at + x, top + y, INK);
          }
        }
      }
    }
  }

  /** The picture as PNG. */
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    // 8 bits a channel, RGB, the only compression, filter and interlace methods
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    chunk(out, "IHDR", header);
    chunk(out, "IDAT", deflated(rows()));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private byte[] rows() {
    ByteBuffer rows = ByteBuffer.allocate(height * (1 + 3 * width));
    for (int y = 0; y < height; y++) {
      rows.put((byte) 0);
      for (int x = 0; x < width; x++) {
        int rgb = pixels[y * width + x];
        rows.put((byte) (rgb >> 16)).put((byte) (rgb >> 8)).put((byte) rgb);
      }
    }
    return rows.array();
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = new byte[1 << 14];
    while (!deflater.finished()) {
      out.write(block, 0, deflater.deflate(block));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] typed =
        ByteBuffer.allocate(4 + data.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .put(data)
            .array();
    CRC32 crc = new CRC32();
    crc.update(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
