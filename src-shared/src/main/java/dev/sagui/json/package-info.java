/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** JSON objects as insertion-ordered maps, read with an error that names the key. */
@NullMarked
package dev.sagui.json;

import org.jspecify.annotations.NullMarked;
