/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

/**
 * The form of block-wise weights.
 *
 * @param bits 2, 4 or 8
 * @param block weights that share a scale, along the inputs: a power of two from 16 to 256
 * @param symmetric without zero points, which KleidiAI's kernels on ARM want
 * @param accuracyLevel of MatMulNBits: 4 computes in int8, 0 and 1 in float32
 * @param embeddings tables of Gather too
 * @param embeddingBits of the tables, 4 or 8
 */
public record BlockOptions(
    int bits,
    int block,
    boolean symmetric,
    int accuracyLevel,
    BlockMethod method,
    boolean embeddings,
    int embeddingBits) {
  /** 4 bits in blocks of 32, asymmetric, computed in int8, by searched scales. */
  public static final BlockOptions DEFAULT =
      new BlockOptions(4, 32, false, 4, BlockMethod.MSE, true, 4);

  public BlockOptions {
    if (bits != 2 && bits != 4 && bits != 8) {
      throw new IllegalArgumentException("expected 2, 4 or 8 bits, got " + bits);
    }
    if (block < 16 || block > 256 || Integer.bitCount(block) != 1) {
      throw new IllegalArgumentException("expected a block of 16 to 256, got " + block);
    }
    if (embeddingBits != 4 && embeddingBits != 8) {
      throw new IllegalArgumentException("expected 4 or 8 bits, got " + embeddingBits);
    }
    if (accuracyLevel < 0 || accuracyLevel > 4) {
      throw new IllegalArgumentException("expected a level of 0 to 4, got " + accuracyLevel);
    }
  }

  public BlockOptions with(BlockMethod other) {
    return new BlockOptions(
        bits, block, symmetric, accuracyLevel, other, embeddings, embeddingBits);
  }
}
