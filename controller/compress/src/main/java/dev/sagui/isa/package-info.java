/** Known boards and what their instruction sets run, as data. */
@NullMarked
package dev.sagui.isa;

import org.jspecify.annotations.NullMarked;
