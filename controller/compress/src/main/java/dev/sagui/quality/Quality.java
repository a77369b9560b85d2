/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far one model's outputs are from a reference's, over all samples.
 *
 * @param psnrDb peak signal to noise: the peak is the output's nominal range, squared error pooled;
 *     +∞ when identical
 * @param sqnrDb signal power over error power, pooled; +∞ when identical
 * @param ssim mean structural similarity over 8×8 windows at every fourth pixel; none unless the
 *     first output is an image
 * @param cosine between all outputs taken as one vector
 */
public record Quality(
    boolean identical,
    double psnrDb,
    double sqnrDb,
    OptionalDouble ssim,
    double cosine,
    double largestError,
    double peak,
    int samples,
    String data) {

  /** As reports hold it: {@code psnr_db} and {@code sqnr_db} are null for identical outputs. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("psnr_db", finite(psnrDb));
    map.put("sqnr_db", finite(sqnrDb));
    ssim.ifPresent(value -> map.put("ssim", value));
    map.put("cosine", finite(cosine));
    map.put("largest_error", largestError);
    map.put("identical", identical);
    map.put("peak", peak);
    map.put("samples", samples);
    map.put("data", data);
    return map;
  }

  private static Object finite(double value) {
    return Double.isFinite(value) ? (Object) value : Json.Absent.NULL;
  }
}
