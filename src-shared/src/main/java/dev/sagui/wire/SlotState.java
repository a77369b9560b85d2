/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

/** Where one model of a device is on its way to what is desired. */
public enum SlotState {
  /** Nothing to do: what is desired was committed and serves, or nothing is desired. */
  IDLE,
  /** Work is due but cannot go on now; the failure says what is waited for. */
  WAITING,
  FETCHING,
  CHECKING,
  STAGING,
  /** The new model runs in a process of its own. */
  TRYING,
  /** The new model serves, watched, and is not committed yet. */
  PROBATION,
  /** The new model failed while it was watched; the previous one serves again. */
  ROLLED_BACK,
  /** What was desired was refused; the previous model, if any, serves. */
  REJECTED,
  /** What was desired took a process down again and again; the previous model, if any, serves. */
  QUARANTINED;

  /** For people: what the device does. */
  public String inWords() {
    return switch (this) {
      case IDLE -> "nothing to do";
      case WAITING -> "waits";
      case FETCHING -> "fetches a release";
      case CHECKING -> "checks the files of a release";
      case STAGING -> "lays out the files of a release";
      case TRYING -> "tries a release in a process of its own";
      case PROBATION -> "serves a release on probation";
      case ROLLED_BACK -> "went back: the release served badly on probation";
      case REJECTED -> "refused a release";
      case QUARANTINED -> "quarantined a release that took a process down";
    };
  }

  /** Whether this state ends an update without the release that was desired. */
  public boolean isRefusal() {
    return switch (this) {
      case ROLLED_BACK, REJECTED, QUARANTINED -> true;
      case IDLE, WAITING, FETCHING, CHECKING, STAGING, TRYING, PROBATION -> false;
    };
  }
}
