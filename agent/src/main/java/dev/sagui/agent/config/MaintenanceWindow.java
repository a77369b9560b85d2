/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import java.time.DateTimeException;
import java.time.LocalTime;

/**
 * The hours of a day in which updates may begin; over midnight if it ends before it starts.
 *
 * @param from inclusive
 * @param to exclusive; equal to {@code from} means always
 */
public record MaintenanceWindow(LocalTime from, LocalTime to) {
  public static final MaintenanceWindow ALWAYS =
      new MaintenanceWindow(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT);

  /**
   * Reads {@code 22:00-06:00}.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static MaintenanceWindow parse(String text) {
    String[] ends = text.split("-", -1);
    try {
      if (ends.length == 2) {
        return new MaintenanceWindow(
            LocalTime.parse(ends[0].strip()), LocalTime.parse(ends[1].strip()));
      }
    } catch (DateTimeException e) {
      // told below
    }
    throw new IllegalArgumentException("must be like 22:00-06:00, found '" + text + "'");
  }

  public boolean contains(LocalTime time) {
    if (from.isBefore(to)) {
      return !time.isBefore(from) && time.isBefore(to);
    }
    return !time.isBefore(from) || time.isBefore(to);
  }

  @Override
  public String toString() {
    return from + "-" + to;
  }
}
