/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * How long a model's operators take on a device: rates fitted to measured times, with their error.
 */
@NullMarked
package dev.sagui.cost;

import org.jspecify.annotations.NullMarked;
