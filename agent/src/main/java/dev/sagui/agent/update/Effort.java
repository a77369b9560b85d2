/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

/**
 * How hard a slot has worked on its target.
 *
 * @param tries how often it was tried, counted before each try
 * @param rounds how often its files were checked: work that begins anew without an end is found
 * @param repair whether it was committed before and the disk has damaged it since
 * @param receivedBytes payload that came for it; after a cut rather too many than too few
 */
public record Effort(int tries, int rounds, boolean repair, long receivedBytes) {
  /** A model that takes its process down so often is at fault. */
  public static final int MAX_TRIES = 3;

  /** Work that begins anew so often does not end. */
  public static final int MAX_ROUNDS = 10;

  static final Effort NONE = new Effort(0, 0, false, 0);
  static final Effort REPAIR = new Effort(0, 0, true, 0);

  Effort oneMoreTry() {
    return new Effort(tries + 1, rounds, repair, receivedBytes);
  }

  Effort oneTryLess() {
    return new Effort(Math.max(0, tries - 1), rounds, repair, receivedBytes);
  }

  Effort oneMoreRound() {
    return new Effort(tries, rounds + 1, repair, receivedBytes);
  }

  /** After a wait that had a reason: the rounds before it were no loop. */
  Effort explained() {
    return new Effort(tries, 0, repair, receivedBytes);
  }

  Effort received(long bytes) {
    return new Effort(tries, rounds, repair, bytes);
  }
}
