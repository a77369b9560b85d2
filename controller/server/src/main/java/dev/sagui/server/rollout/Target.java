/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.server.fleet.Device;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which devices are meant: of a profile, with a label, or one by its id. */
public record Target(Optional<String> profile, Optional<Label> label, Optional<String> device) {
  /** One label and its value. */
  public record Label(String key, String value) {
    /**
     * @throws RejectedException BAD_REQUEST when it is not {@code key=value}
     */
    public static Label parse(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST, "expected a label as KEY=VALUE, found '%s'".formatted(text));
      }
      return new Label(text.substring(0, equals), text.substring(equals + 1));
    }
  }

  /**
   * @throws RejectedException BAD_REQUEST unless exactly one of the three is given
   */
  public static Target parse(Fields f) {
    List<String> given = Stream.of("profile", "label", "device").filter(f::has).toList();
    if (given.size() != 1) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected one of 'profile', 'label' and 'device', found " + given);
    }
    return new Target(
        f.findString("profile"), f.findString("label").map(Label::parse), f.findString("device"));
  }

  public boolean matches(Device device) {
    return profile.map(name -> device.profile().equals(name)).orElse(true)
        && label.map(wanted -> wanted.value.equals(device.labels().get(wanted.key))).orElse(true)
        && this.device.map(id -> device.id().value().equals(id)).orElse(true);
  }
}
