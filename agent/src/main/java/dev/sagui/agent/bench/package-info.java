/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** How fast a model is on this device, against another one, in a process of its own. */
@NullMarked
package dev.sagui.agent.bench;

import org.jspecify.annotations.NullMarked;
