/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.util.List;

/**
 * The integer format that a device's convolutions and products run fast and exactly with ONNX
 * Runtime 1.29.
 *
 * @param signed whether activations are int8, else uint8
 * @param weightLevels weights go from −weightLevels to weightLevels
 * @param pairLevels what the magnitudes of two weights of like sign may add up to when the kernel
 *     sums their products in a saturating int16; twice weightLevels where it does not
 * @param why in a few words
 */
public record Int8Format(boolean signed, int weightLevels, int pairLevels, String why) {
  private static final List<DeviceRule<Int8Format>> RULES =
      DeviceRule.read("int8.json", Int8Format::parse);

  private static Int8Format parse(Fields f) {
    return new Int8Format(
        f.string("activations").equals("int8"),
        (int) f.integer("weight_levels"),
        (int) f.integer("pair_levels"),
        f.string("why"));
  }

  /**
   * @throws RejectedException UNKNOWN_PROFILE for an architecture that is not in the table
   */
  public static Int8Format of(DeviceProfile device) {
    return DeviceRule.first(RULES, device)
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.UNKNOWN_PROFILE,
                    "expected architecture amd64 or aarch64 to choose an int8 format, found '%s'"
                        .formatted(device.architecture())));
  }

  /** Whether two large weights side by side would come out wrong. */
  public boolean saturates() {
    return pairLevels < 2 * weightLevels;
  }

  /** Whether a machine of this format computes models of another one without saturation. */
  public boolean computes(Int8Format other) {
    return !saturates() || other.pairLevels <= pairLevels;
  }

  /** As reports name it: activations, then weights. */
  public String label() {
    return (signed ? "s8s8" : "u8s8") + (saturates() ? " in pairs" : "");
  }
}
