/** The web page: the fleet at a glance, kept current by server-sent events. */
@NullMarked
package dev.sagui.server.page;

import org.jspecify.annotations.NullMarked;
