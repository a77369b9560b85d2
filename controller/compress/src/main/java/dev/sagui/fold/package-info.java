/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Clean-up of a graph: the same outputs from fewer nodes and fewer bytes. */
@NullMarked
package dev.sagui.fold;

import org.jspecify.annotations.NullMarked;
