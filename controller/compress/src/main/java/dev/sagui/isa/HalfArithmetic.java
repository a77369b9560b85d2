/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.device.DeviceProfile;
import java.util.List;

/**
 * Why a device gains nothing from computing in float16 with ONNX Runtime 1.29; as data. No CPU in
 * the table gains.
 */
public final class HalfArithmetic {
  private static final List<DeviceRule<String>> RULES =
      DeviceRule.read("fp16.json", f -> f.string("why"));

  private HalfArithmetic() {}

  /** In a few words. */
  public static String obstacle(DeviceProfile device) {
    return DeviceRule.first(RULES, device)
        .orElse("nothing is known of architecture '%s'".formatted(device.architecture()));
  }
}
