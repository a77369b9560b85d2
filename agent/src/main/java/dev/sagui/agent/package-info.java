/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The agent's wiring and the one thread that owns its state. */
@NullMarked
package dev.sagui.agent;

import org.jspecify.annotations.NullMarked;
