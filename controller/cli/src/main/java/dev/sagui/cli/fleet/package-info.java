/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** A running controller, by its REST API. */
@NullMarked
package dev.sagui.cli.fleet;

import org.jspecify.annotations.NullMarked;
