/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView.ChoiceRow;
import dev.sagui.server.fleet.FleetView.ModelRow;
import dev.sagui.server.fleet.FleetView.VariantRow;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** One model with its variants. */
record ModelCard(String name, String bytes, List<Variant> variants, List<Choice> choices) {
  /**
   * What a profile gets.
   *
   * @param fit whose page shows the others
   * @param known as people read how its time is known
   */
  record Choice(
      String fit, String profile, String variant, String reason, String known, boolean measured) {}

  /**
   * One variant.
   *
   * @param percent of the imported model's bytes, one decimal
   * @param bar the same for a bar's width: at least visible, at most full
   */
  record Variant(
      String name, String bytes, String percent, String bar, String quality, String p50) {}

  static ModelCard of(ModelRow row) {
    return new ModelCard(
        row.name(),
        Wording.bytes(row.bytes()),
        row.variants().stream().map(variant -> variant(variant, row.bytes())).toList(),
        row.choices().stream().map(ModelCard::choice).toList());
  }

  private static Choice choice(ChoiceRow row) {
    return new Choice(
        row.fit(),
        row.profile(),
        row.variant().isEmpty() ? "none" : row.variant(),
        row.reason(),
        row.measuredOn().map(device -> "measured on " + device).orElse("estimated"),
        row.measuredOn().isPresent());
  }

  private static Variant variant(VariantRow row, long original) {
    double percent = original > 0 ? 100.0 * row.bytes() / original : 100;
    return new Variant(
        row.name(),
        Wording.bytes(row.bytes()),
        String.format(Locale.ROOT, "%.0f", percent),
        String.format(Locale.ROOT, "%.1f", Math.max(1, Math.min(100, percent))),
        row.identical() ? "identical" : quality(row.psnrDb()),
        Wording.millis(row.p50Millis()));
  }

  private static String quality(OptionalDouble psnrDb) {
    return psnrDb.isPresent()
        ? String.format(Locale.ROOT, "%.1f dB", psnrDb.getAsDouble())
        : "not measured";
  }
}
