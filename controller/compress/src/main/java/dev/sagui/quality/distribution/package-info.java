/** Distances between two sets of outputs that need no pairing. */
@NullMarked
package dev.sagui.quality.distribution;

import org.jspecify.annotations.NullMarked;
