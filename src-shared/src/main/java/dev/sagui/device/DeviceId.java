/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import java.util.regex.Pattern;

/** Name of a device: safe as an MQTT topic level, a certificate's CN and a metric label. */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

  public DeviceId {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "device id must be 1 to 63 letters, digits, '.', '_', '-', starting with a letter or digit, got '"
              + value
              + "'");
    }
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
