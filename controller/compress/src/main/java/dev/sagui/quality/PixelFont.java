/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.Map;

/** Capitals, digits and a few signs, five by seven pixels; other characters are blank. */
final class PixelFont {
  static final int WIDTH = 5;
  static final int HEIGHT = 7;

  // Row by row from the top left, the first pixel in the highest of 35 bits.
  private static final Map<Character, Long> GLYPHS =
      Map.ofEntries(
          Map.entry('A', 0x3A31FC631L),
          Map.entry('B', 0x7A31F463EL),
          Map.entry('C', 0x3A308422EL),
          Map.entry('D', 0x7A318C63EL),
          Map.entry('E', 0x7E10F421FL),
          Map.entry('F', 0x7E10F4210L),
          Map.entry('G', 0x3A30BC62FL),
          Map.entry('H', 0x4631FC631L),
          Map.entry('I', 0x38842108EL),
          Map.entry('J', 0x1C4210A4CL),
          Map.entry('K', 0x4654C5251L),
          Map.entry('L', 0x42108421FL),
          Map.entry('M', 0x4775AC631L),
          Map.entry('N', 0x47359C631L),
          Map.entry('O', 0x3A318C62EL),
          Map.entry('P', 0x7A31F4210L),
          Map.entry('Q', 0x3A318D64DL),
          Map.entry('R', 0x7A31F5251L),
          Map.entry('S', 0x3E107043EL),
          Map.entry('T', 0x7C8421084L),
          Map.entry('U', 0x46318C62EL),
          Map.entry('V', 0x46318C544L),
          Map.entry('W', 0x4631AD771L),
          Map.entry('X', 0x462A22A31L),
          Map.entry('Y', 0x462A21084L),
          Map.entry('Z', 0x7C222221FL),
          Map.entry('0', 0x3A33AE62EL),
          Map.entry('1', 0x11842108EL),
          Map.entry('2', 0x3A211111FL),
          Map.entry('3', 0x78217043EL),
          Map.entry('4', 0x08CA97C42L),
          Map.entry('5', 0x7E1E0862EL),
          Map.entry('6', 0x3A10F462EL),
          Map.entry('7', 0x7C2222108L),
          Map.entry('8', 0x3A317462EL),
          Map.entry('9', 0x3A317842EL),
          Map.entry('.', 0x00000018CL),
          Map.entry(',', 0x000003088L),
          Map.entry(':', 0x018C03180L),
          Map.entry('-', 0x0000F8000L),
          Map.entry('_', 0x00000001FL),
          Map.entry('/', 0x042222210L),
          Map.entry('(', 0x088842082L),
          Map.entry(')', 0x208210888L),
          Map.entry('+', 0x0084F9080L),
          Map.entry('%', 0x672222273L),
          Map.entry('=', 0x001F07C00L),
          Map.entry('#', 0x295F57D4AL));

  private PixelFont() {}

  static boolean isInk(char character, int x, int y) {
    long glyph = GLYPHS.getOrDefault(Character.toUpperCase(character), 0L);
    return (glyph >>> (WIDTH * HEIGHT - 1 - (y * WIDTH + x)) & 1) == 1;
  }
}
