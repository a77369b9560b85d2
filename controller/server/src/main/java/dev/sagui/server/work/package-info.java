/**
 * Carries out what the deciding packages decide: imports, fits, releases, desired states, reports.
 */
@NullMarked
package dev.sagui.server.work;

import org.jspecify.annotations.NullMarked;
