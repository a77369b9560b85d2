/** Devices and what is known of them. */
@NullMarked
package dev.sagui.server.fleet;

import org.jspecify.annotations.NullMarked;
