/**
 * Products of an activation and a constant matrix: which a graph has, and how to read the matrix.
 */
@NullMarked
package dev.sagui.quantize.linear;

import org.jspecify.annotations.NullMarked;
