/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.wire.Reported;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a trial.
 *
 * @param failure why it did not pass
 * @param modelBytes resident bytes that the process had more with the model than without; 0 if
 *     unknown
 */
public record Outcome(Kind kind, Optional<Reported.Failure> failure, long modelBytes) {
  /** How it ended. */
  public enum Kind {
    PASSED,
    /** The model does not do what its release promises. */
    REFUSED,
    /** The process ended, or had to be ended, before it said anything. */
    CRASHED
  }

  public static Outcome passed(long modelBytes) {
    return new Outcome(Kind.PASSED, Optional.empty(), modelBytes);
  }

  public static Outcome refused(Reported.Failure why) {
    return new Outcome(Kind.REFUSED, Optional.of(why), 0);
  }

  public static Outcome crashed(Reported.Failure why) {
    return new Outcome(Kind.CRASHED, Optional.of(why), 0);
  }

  /** One line of JSON. */
  byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("outcome", kind.name());
    failure.ifPresent(why -> map.put("failure", why.json()));
    map.put("model_bytes", modelBytes);
    return Json.write(map);
  }

  /**
   * @throws dev.sagui.failure.RejectedException when the bytes are no outcome
   */
  static Outcome parse(byte[] json) {
    Fields f = Fields.parse(json);
    return new Outcome(
        f.typed("outcome", Kind::valueOf),
        f.has("failure")
            ? Optional.of(Reported.Failure.parse(f.object("failure")))
            : Optional.empty(),
        f.integer("model_bytes"));
  }
}
