/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What was measured here: sketches for the controller, the same for Prometheus. */
@NullMarked
package dev.sagui.agent.metrics;

import org.jspecify.annotations.NullMarked;
