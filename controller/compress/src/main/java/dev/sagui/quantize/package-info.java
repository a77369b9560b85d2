/** Weights in fewer bits. */
@NullMarked
package dev.sagui.quantize;

import org.jspecify.annotations.NullMarked;
