/** Who may reach the controller. */
@NullMarked
package dev.sagui.server.trust;

import org.jspecify.annotations.NullMarked;
