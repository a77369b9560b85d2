/** Calibration: what range of values each activation takes, from one pass over samples. */
@NullMarked
package dev.sagui.quantize.calibrate;

import org.jspecify.annotations.NullMarked;
