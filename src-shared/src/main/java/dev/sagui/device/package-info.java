/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What a device is and what it can carry: bytes, milliseconds, instruction sets. */
@NullMarked
package dev.sagui.device;

import org.jspecify.annotations.NullMarked;
