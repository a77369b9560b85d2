/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

/**
 * Codes of some outputs in the form of MatMulNBits: B [N, blocks, block · bits / 8], the first code
 * in the low bits; scales [N, blocks]; zero points [N, ⌈blocks · bits / 8⌉], packed alike.
 */
final class PackedBlocks {
  private final int bits;
  private final int block;
  private final int blocks;
  private final int zeroBytes;
  final byte[] codes;
  final float[] scales;
  final byte[] zeros;

  /**
   * @param outputs rows that are held
   * @param inputs K; a last block that is not full is filled with the zero point
   */
  PackedBlocks(int outputs, int inputs, int bits, int block) {
    this.bits = bits;
    this.block = block;
    this.blocks = blocks(inputs, block);
    this.zeroBytes = zeroBytes(inputs, bits, block);
    this.codes = new byte[Math.multiplyExact(outputs, blocks * (block * bits / 8))];
    this.scales = new float[Math.multiplyExact(outputs, blocks)];
    this.zeros = new byte[Math.multiplyExact(outputs, zeroBytes)];
  }

  static int blocks(int inputs, int block) {
    return (inputs + block - 1) / block;
  }

  static int zeroBytes(int inputs, int bits, int block) {
    return (blocks(inputs, block) * bits + 7) / 8;
  }

  /** Quantizes one block of one output by the grid as it is. */
  void put(int output, int index, Grid grid, float[] values, int from, int count) {
    scales[output * blocks + index] = grid.isFlat() ? 0 : grid.scale;
    int zeroAt = output * zeroBytes + index * bits / 8;
    zeros[zeroAt] |= (byte) (grid.zero << (index * bits % 8));
    int at = (output * blocks + index) * (block * bits / 8);
    int perByte = 8 / bits;
    for (int i = 0; i < block; i += perByte) {
      int packed = 0;
      for (int part = 0; part < perByte; part++) {
        int code = i + part < count ? grid.code(values[from + i + part]) : grid.zero;
        packed |= code << (part * bits);
      }
      codes[at++] = (byte) packed;
    }
  }
}
