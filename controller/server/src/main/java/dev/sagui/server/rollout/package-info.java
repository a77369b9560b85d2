/** Which devices shall serve which release. */
@NullMarked
package dev.sagui.server.rollout;

import org.jspecify.annotations.NullMarked;
