/** Getting quality back: corrections to weights and biases before or after quantization. */
@NullMarked
package dev.sagui.quantize.correct;

import org.jspecify.annotations.NullMarked;
