/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The whole product on one machine, shown step by step. */
@NullMarked
package dev.sagui.cli.demo;

import org.jspecify.annotations.NullMarked;
