/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.wire.ChunkRequest;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Where chunks are asked for.
 *
 * @param window most of them in flight
 */
record Asking(Consumer<ChunkRequest> ask, IntSupplier window) {}
