/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.device.DeviceProfile;
import dev.sagui.json.Fields;
import java.util.List;

/**
 * How many channels a device's convolutions take at once with ONNX Runtime 1.29 in float32: one
 * more than a multiple takes the time of a whole block more.
 *
 * @param why in a few words
 */
public record ChannelBlock(int channels, String why) {
  private static final List<DeviceRule<ChannelBlock>> RULES =
      DeviceRule.read("block.json", ChannelBlock::parse);

  /** For architectures that are not in the table. */
  private static final ChannelBlock USUAL = new ChannelBlock(8, "as most machines have it");

  private static ChannelBlock parse(Fields f) {
    return new ChannelBlock((int) f.integer("channels"), f.string("why"));
  }

  public static ChannelBlock of(DeviceProfile device) {
    return DeviceRule.first(RULES, device).orElse(USUAL);
  }
}
