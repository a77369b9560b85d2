/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.recipe.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Variants as points: time across, bytes upwards, both logarithmic, larger the nearer their outputs
 * are to those of the model as it came; as SVG.
 */
final class FrontPlot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 360;
  private static final int LEFT = 84;
  private static final int RIGHT = 150;
  private static final int EDGE = 40;
  private static final int SMALLEST = 3;
  private static final int LARGEST = 7;
  private static final double[] TICKS = {1, 2, 5};

  private final Decision decision;
  private final Axis time;
  private final Axis bytes;
  private final double worst;
  private final double best;
  private final List<double[]> labels = new ArrayList<>();
  private final StringBuilder svg = new StringBuilder();

  /** A logarithmic axis with some room at both ends. */
  private record Axis(double from, double to, int start, int end) {
    static Axis of(List<Attempt> all, ToDoubleFunction<Attempt> value, int start, int end) {
      double least = all.stream().mapToDouble(value).min().orElse(1);
      double most = all.stream().mapToDouble(value).max().orElse(1);
      return new Axis(least / 1.15, most * 1.15, start, end);
    }

    double at(double value) {
      return start + (end - start) * Math.log(value / from) / Math.log(to / from);
    }
  }

  private FrontPlot(Decision decision, List<Attempt> all) {
    this.decision = decision;
    this.time = Axis.of(all, decision.time()::p50Millis, LEFT, WIDTH - RIGHT);
    List<Double> merits = all.stream().map(Attempt::merit).filter(Double::isFinite).toList();
    this.worst = merits.stream().min(Comparator.naturalOrder()).orElse(0.0);
    this.best = merits.stream().max(Comparator.naturalOrder()).orElse(0.0);
    this.bytes = Axis.of(all, Attempt::bytes, HEIGHT - EDGE, EDGE / 2);
  }

  static String svg(Decision decision, List<Attempt> all) {
    FrontPlot plot = new FrontPlot(decision, all);
    plot.svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"bytes and time of the variants\">",
            WIDTH,
            HEIGHT));
    plot.axes();
    all.stream().sorted(Comparator.comparingLong(Attempt::bytes).reversed()).forEach(plot::point);
    return plot.svg.append("</svg>\n").toString();
  }

  private void axes() {
    for (double decade = Math.pow(10, Math.floor(Math.log10(time.from)));
        decade < time.to;
        decade *= 10) {
      for (double tick : TICKS) {
        across(decade * tick);
      }
    }
    for (double decade = Math.pow(10, Math.floor(Math.log10(bytes.from)));
        decade < bytes.to;
        decade *= 10) {
      for (double tick : TICKS) {
        upwards(decade * tick);
      }
    }
    text(
        LEFT,
        HEIGHT - 4,
        "p50, " + decision.time().source().label() + "; larger: nearer to the original");
  }

  private void across(double value) {
    if (value >= time.from && value <= time.to) {
      line(time.at(value), EDGE / 2.0, time.at(value), HEIGHT - EDGE);
      text(time.at(value) - 12, HEIGHT - EDGE + 16, String.format(Locale.ROOT, "%.3g ms", value));
    }
  }

  private void upwards(double value) {
    if (value >= bytes.from && value <= bytes.to) {
      line(LEFT, bytes.at(value), WIDTH - RIGHT, bytes.at(value));
      text(4, bytes.at(value) + 4, Quantity.size((long) value));
    }
  }

  private void line(double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"axis\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
            x1,
            y1,
            x2,
            y2));
  }

  private void text(double x, double y, String text) {
    svg.append(
        String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>", x, y, FitPage.escape(text)));
  }

  /** Filled when it keeps every limit, blue on the front, ringed when chosen. */
  private void point(Attempt attempt) {
    double x = time.at(decision.time().p50Millis(attempt));
    double y = bytes.at((double) attempt.bytes());
    boolean front = decision.front().contains(attempt);
    boolean kept = decision.missed(attempt).isEmpty();
    if (decision.chosen().map(attempt::equals).orElse(false)) {
      circle("ring", x, y, 10, "chosen");
    }
    String told = attempt.name() + ": " + attempt.done() + ", " + Reasons.quality(attempt);
    circle(kept ? front ? "front" : "other" : "open", x, y, radius(attempt), told);
    if (front) {
      boolean measured = decision.time().measured(attempt).isPresent();
      label(x + 12, y + 4, attempt.name().value() + (measured ? ", measured" : ""));
    }
  }

  private int radius(Attempt attempt) {
    double share = (attempt.merit() - worst) / (best - worst);
    return SMALLEST
        + (int) Math.round((LARGEST - SMALLEST) * (share >= 0 && share < 1 ? share : 1));
  }

  /** Below those that would lie under it. */
  private void label(double x, double wanted, String text) {
    double y = wanted;
    for (boolean free = false; !free; ) {
      double at = y;
      free = labels.stream().noneMatch(l -> Math.abs(l[0] - x) < 130 && Math.abs(l[1] - at) < 12);
      y += free ? 0 : 2;
    }
    labels.add(new double[] {x, y});
    text(x, y, text);
  }

  private void circle(String kind, double x, double y, int radius, String told) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"><title>%s</title></circle>",
            kind,
            x,
            y,
            radius,
            FitPage.escape(told)));
  }
}
