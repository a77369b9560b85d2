/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Files and folders, as both sides treat them. */
@NullMarked
package dev.sagui.file;

import org.jspecify.annotations.NullMarked;
