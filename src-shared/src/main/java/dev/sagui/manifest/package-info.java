/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The signed statement of what a release is, its codec, and the check that decides whether to
 * believe it.
 */
@NullMarked
package dev.sagui.manifest;

import org.jspecify.annotations.NullMarked;
