/** Mixed precision: which format each layer takes under limits on bytes and time. */
@NullMarked
package dev.sagui.quantize.mixed;

import org.jspecify.annotations.NullMarked;
