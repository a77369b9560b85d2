/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

/**
 * What a model may use on a device.
 *
 * @param flashBytes bytes of the model's files on flash
 * @param ramBytes resident bytes of the process that serves it
 * @param p95Millis 95th percentile of the latency of one inference, in milliseconds; infinity means
 *     no limit
 */
public record Budget(long flashBytes, long ramBytes, double p95Millis) {
  public Budget {
    if (flashBytes <= 0 || ramBytes <= 0 || !(p95Millis > 0)) {
      throw new IllegalArgumentException(
          "a budget must be positive, got flash=%d, ram=%d, p95=%s"
              .formatted(flashBytes, ramBytes, p95Millis));
    }
  }
}
