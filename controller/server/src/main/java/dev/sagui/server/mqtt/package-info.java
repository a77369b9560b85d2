/** The broker and the link to it. */
@NullMarked
package dev.sagui.server.mqtt;

import org.jspecify.annotations.NullMarked;
