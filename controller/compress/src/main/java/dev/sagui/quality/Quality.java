/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.json.Fields;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How far one model's outputs are from a reference's, over all samples.
 *
 * @param identical whether all outputs were equal to the bit
 * @param metrics those that the kind of model has, in the order of {@link Metric}; decibels are +∞
 *     for identical outputs
 * @param peak span of the nominal range, the PSNR peak
 * @param nullScale what to read the metrics against
 */
public record Quality(
    ModelKind kind,
    boolean identical,
    Map<Metric, Double> metrics,
    double largestError,
    double peak,
    int samples,
    String data,
    NullScale nullScale) {
  public Quality {
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
  }

  /**
   * What {@link #json} wrote, and the null scale's.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  public static Quality parse(Fields json, Fields nullScale) {
    boolean identical = json.flag("identical");
    return new Quality(
        ModelKind.valueOf(json.string("kind").toUpperCase(Locale.ROOT)),
        identical,
        Metric.values(json, identical ? Double.POSITIVE_INFINITY : Double.NaN),
        json.findNumber("largest_error").orElse(Double.NaN),
        json.number("peak"),
        (int) json.integer("samples"),
        json.string("data"),
        new NullScale(Metric.values(nullScale, Double.NaN)));
  }

  /** Empty when this kind of model has no such metric, or the samples did not show it. */
  public OptionalDouble metric(Metric metric) {
    Double value = metrics.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** +∞ when identical. */
  public double psnrDb() {
    return metric(Metric.PSNR_DB).orElse(Double.NaN);
  }

  /** +∞ when identical. */
  public double sqnrDb() {
    return metric(Metric.SQNR_DB).orElse(Double.NaN);
  }

  /** Of pictures alone. */
  public OptionalDouble ssim() {
    return metric(Metric.SSIM);
  }

  public double cosine() {
    return metric(Metric.COSINE).orElse(Double.NaN);
  }

  /** With more metrics, and what to read them against. */
  Quality with(Map<Metric, Double> more, NullScale scale) {
    Map<Metric, Double> all = new TreeMap<>(metrics);
    all.putAll(more);
    return new Quality(kind, identical, all, largestError, peak, samples, data, scale);
  }

  /**
   * As reports hold it: metrics by their keys, {@code psnr_db} and {@code sqnr_db} null for
   * identical outputs, then what they were measured on. The null scale stands apart.
   */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    metrics.forEach((metric, value) -> map.put(metric.key(), NullScale.finite(value)));
    map.put("largest_error", NullScale.finite(largestError));
    map.put("identical", identical);
    map.put("kind", kind.name().toLowerCase(Locale.ROOT));
    map.put("peak", peak);
    map.put("samples", samples);
    map.put("data", data);
    return map;
  }
}
