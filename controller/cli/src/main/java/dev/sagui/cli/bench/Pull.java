/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

/**
 * One artifact received once.
 *
 * @param seconds from the first request to the last byte in place
 * @param cpuSeconds of the receiving process in that time
 * @param controllerCpuSeconds of the controller, broker included, in that time
 */
record Pull(long bytes, double seconds, double cpuSeconds, double controllerCpuSeconds) {
  double megabytesPerSecond() {
    return bytes / 1e6 / seconds;
  }

  double cpuPer100Megabytes() {
    return cpuSeconds / (bytes / 1e8);
  }

  double controllerCpuPer100Megabytes() {
    return controllerCpuSeconds / (bytes / 1e8);
  }
}
