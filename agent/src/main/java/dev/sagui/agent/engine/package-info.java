/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Running a model: the port, ONNX Runtime behind it, and the trial that a new model must pass. */
@NullMarked
package dev.sagui.agent.engine;

import org.jspecify.annotations.NullMarked;
