/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Pulling artifacts chunk by chunk: which to ask for, when, and whether to believe them. */
@NullMarked
package dev.sagui.agent.fetch;

import org.jspecify.annotations.NullMarked;
