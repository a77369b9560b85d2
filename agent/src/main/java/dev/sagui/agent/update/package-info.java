/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What the agent does next: a table of states, decided without IO. */
@NullMarked
package dev.sagui.agent.update;

import org.jspecify.annotations.NullMarked;
