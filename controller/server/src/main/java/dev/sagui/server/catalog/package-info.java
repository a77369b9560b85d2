/** Models, their variants, fits and releases. */
@NullMarked
package dev.sagui.server.catalog;

import org.jspecify.annotations.NullMarked;
