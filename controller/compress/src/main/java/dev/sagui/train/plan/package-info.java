/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What people write to say how a training goes: optimizer, schedule, batch, length. */
@NullMarked
package dev.sagui.train.plan;

import org.jspecify.annotations.NullMarked;
