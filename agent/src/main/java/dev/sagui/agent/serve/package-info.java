/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The Open Inference Protocol v2 over HTTP. */
@NullMarked
package dev.sagui.agent.serve;

import org.jspecify.annotations.NullMarked;
