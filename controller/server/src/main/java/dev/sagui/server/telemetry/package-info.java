/** Latency of the fleet. */
@NullMarked
package dev.sagui.server.telemetry;

import org.jspecify.annotations.NullMarked;
