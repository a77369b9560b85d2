/** Matrix products in int8 with activations quantized while the model runs. */
@NullMarked
package dev.sagui.quantize.dynamic;

import org.jspecify.annotations.NullMarked;
