/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The verbs that train. */
@NullMarked
package dev.sagui.cli.train;

import org.jspecify.annotations.NullMarked;
