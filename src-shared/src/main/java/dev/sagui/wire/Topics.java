/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.device.DeviceId;
import java.util.Optional;

/**
 * Topic names: {@code {root}/v1/{tenant}/{device}/{channel}}, at most 7 levels.
 *
 * @param root first level, one word
 * @param tenant third level, one word
 */
public record Topics(String root, String tenant) {
  public Topics {
    if (!root.matches("[A-Za-z0-9_-]+") || !tenant.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "topic root and tenant must be letters, digits, '_' or '-', got '%s' and '%s'"
              .formatted(root, tenant));
    }
  }

  /** A parsed topic. */
  public record Address(DeviceId device, Channel channel) {}

  public String of(DeviceId device, Channel channel) {
    return prefix() + device + "/" + channel.suffix();
  }

  /** Subscription to one channel of all devices. */
  public String allDevices(Channel channel) {
    return prefix() + "+/" + channel.suffix();
  }

  /** Device and channel of a topic; empty if it is none of ours. */
  public Optional<Address> find(String topic) {
    if (!topic.startsWith(prefix())) {
      return Optional.empty();
    }
    String rest = topic.substring(prefix().length());
    int slash = rest.indexOf('/');
    for (Channel channel : Channel.values()) {
      if (slash > 0 && rest.substring(slash + 1).equals(channel.suffix())) {
        return device(rest.substring(0, slash)).map(device -> new Address(device, channel));
      }
    }
    return Optional.empty();
  }

  private static Optional<DeviceId> device(String level) {
    try {
      return Optional.of(new DeviceId(level));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String prefix() {
    return root + "/v1/" + tenant + "/";
  }
}
