/** Matrix products and embeddings with weights of 2, 4 or 8 bits in blocks. */
@NullMarked
package dev.sagui.quantize.block;

import org.jspecify.annotations.NullMarked;
