/** The variants of a model, and the choice among them for a device. */
@NullMarked
package dev.sagui.fit;

import org.jspecify.annotations.NullMarked;
