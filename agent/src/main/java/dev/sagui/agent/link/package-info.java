/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The connection to the broker, and when to try again. */
@NullMarked
package dev.sagui.agent.link;

import org.jspecify.annotations.NullMarked;
