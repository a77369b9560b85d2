/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What travels over MQTT: the only place with topic strings and payload shapes. */
@NullMarked
package dev.sagui.wire;

import org.jspecify.annotations.NullMarked;
