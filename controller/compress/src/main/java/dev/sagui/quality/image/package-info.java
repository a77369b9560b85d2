/** Full-reference image similarity and image descriptors, on planes of floats. */
@NullMarked
package dev.sagui.quality.image;

import org.jspecify.annotations.NullMarked;
