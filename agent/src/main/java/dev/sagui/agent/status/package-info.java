/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What is on this device and what it does, read from its folder and said in words. */
@NullMarked
package dev.sagui.agent.status;

import org.jspecify.annotations.NullMarked;
