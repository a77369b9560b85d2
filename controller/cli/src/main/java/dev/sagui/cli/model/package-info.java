/** The verbs that work on model files. */
@NullMarked
package dev.sagui.cli.model;

import org.jspecify.annotations.NullMarked;
