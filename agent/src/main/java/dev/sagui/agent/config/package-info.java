/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What the agent is told at start: parsed once, all mistakes at once. */
@NullMarked
package dev.sagui.agent.config;

import org.jspecify.annotations.NullMarked;
