/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Benchmarks beside peers, in one run on one machine, and the tables that they write. */
@NullMarked
package dev.sagui.cli.bench;

import org.jspecify.annotations.NullMarked;
