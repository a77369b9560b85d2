/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The agent's disk: verified artifacts, unfinished parts, the journal. */
@NullMarked
package dev.sagui.agent.store;

import org.jspecify.annotations.NullMarked;
