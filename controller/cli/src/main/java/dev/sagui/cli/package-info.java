/** The {@code sagui} command: what a user types, and how it ends. */
@NullMarked
package dev.sagui.cli;

import org.jspecify.annotations.NullMarked;
