/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Shallower networks: which residual blocks a model can do without, always or for some inputs. */
@NullMarked
package dev.sagui.prune.depth;

import org.jspecify.annotations.NullMarked;
