/** The REST API, metrics and health. */
@NullMarked
package dev.sagui.server.http;

import org.jspecify.annotations.NullMarked;
