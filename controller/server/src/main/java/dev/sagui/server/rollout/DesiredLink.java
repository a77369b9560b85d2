/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import dev.sagui.device.DeviceId;

/** Where desired states go. */
public interface DesiredLink {
  /**
   * Hands over a device's signed desired state; it is kept for the device until the next one. While
   * the broker cannot be reached nothing is sent: everything is sent again at the next connect.
   */
  void desired(DeviceId device, byte[] envelope);
}
