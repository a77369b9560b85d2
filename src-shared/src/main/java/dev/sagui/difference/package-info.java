/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** A file as what it differs by from another one: made by the controller, applied by devices. */
@NullMarked
package dev.sagui.difference;

import org.jspecify.annotations.NullMarked;
