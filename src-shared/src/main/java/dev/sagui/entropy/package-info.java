/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Order-0 entropy coding of a chunk: fewer bytes on the wire, the same bytes on the device. */
@NullMarked
package dev.sagui.entropy;

import org.jspecify.annotations.NullMarked;
