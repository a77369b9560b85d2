/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

/** Where one model of a device is on its way to what is desired. */
public enum SlotState {
  /** Nothing to do: what is desired serves, or nothing is desired. */
  IDLE,
  FETCHING,
  CHECKING,
  STAGING,
  TRYING,
  /** What was desired was refused; the previous model, if any, serves. */
  REJECTED
}
