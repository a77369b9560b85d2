/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

/**
 * Named points at which a test ends the process as a power cut would. Nothing happens but in a
 * process that was started with the system property {@code dev.sagui.failpoint}.
 */
final class FailPoint {
  private static final String ARMED = System.getProperty("dev.sagui.failpoint", "");
  private static final int AS_IF_KILLED = 137;

  private FailPoint() {}

  /** The point {@code name} in {@code state} was reached. */
  static void reach(String name, Enum<?> state) {
    if (!ARMED.isEmpty() && ARMED.equals(name + ":" + state.name())) {
      Runtime.getRuntime().halt(AS_IF_KILLED);
    }
  }
}
