/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How pictures are varied each time that they are seen.
 *
 * @param flip whether every second one, on average, is mirrored
 * @param crop the most pixels by which one is moved up, down and aside; what is moved in repeats
 *     the edge
 * @param jitter the most that brightness, and contrast around the mean, may change: 0.1 for a
 *     factor of 0.9 to 1.1 each
 */
public record Augment(boolean flip, int crop, double jitter) {
  /** Pictures as they are. */
  public static final Augment NONE = new Augment(false, 0, 0);

  private static final List<String> KEYS = List.of("flip", "crop", "jitter");

  /**
   * As recipes write it: {@code {flip: true, crop: 2, jitter: 0.1}}.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, saying what was expected
   */
  public static Augment parse(Object written) {
    Keys keys = Keys.of(written, "augment").only(KEYS);
    return new Augment(
        keys.flag("flip", false), keys.whole("crop", 0, 0, 64), keys.number("jitter", 0, 0, 0.9));
  }

  /** As recipes write it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("flip", flip);
    json.put("crop", crop);
    json.put("jitter", jitter);
    return json;
  }

  boolean isNone() {
    return equals(NONE);
  }
}
