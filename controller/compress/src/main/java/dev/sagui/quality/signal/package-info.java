/** Transforms and quantiles that the judges of pictures and sound share. */
@NullMarked
package dev.sagui.quality.signal;

import org.jspecify.annotations.NullMarked;
