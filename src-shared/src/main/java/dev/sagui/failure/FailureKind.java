/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.failure;

/** Coarse cause of a failure, by which a fleet's failures are counted. */
public enum FailureKind {
  /** The bytes are not what was signed. */
  INTEGRITY,
  /** Who says so, for whom, or in which order is wrong. */
  TRUST,
  /** The device has too little of something. */
  RESOURCE,
  /** The model does not do what its release promises. */
  MODEL,
  /** The user or operator gave something that cannot be used. */
  INPUT,
  /** The world is not reachable right now. */
  NETWORK
}
