/** How far a compressed model's outputs are from its original's. */
@NullMarked
package dev.sagui.quality;

import org.jspecify.annotations.NullMarked;
