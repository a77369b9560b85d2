/** The controller's start and wiring. */
@NullMarked
package dev.sagui.server;

import org.jspecify.annotations.NullMarked;
