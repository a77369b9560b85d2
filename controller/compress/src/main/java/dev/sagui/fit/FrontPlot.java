/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.recipe.Gate;
import dev.sagui.recipe.HtmlText;
import dev.sagui.recipe.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Variants as points: time across, bytes upwards, both logarithmic, larger the nearer their outputs
 * are to those of the model as it came, budgets as lines; as SVG, where a touch on a point leads to
 * its numbers.
 */
final class FrontPlot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 340;
  private static final int LEFT = 82;
  private static final int RIGHT = 30;
  private static final int EDGE = 40;
  private static final int SMALLEST = 4;
  private static final int LARGEST = 9;
  private static final int TOUCH = 22;
  private static final double[] TICKS = {1, 2, 5};
  private static final double[] FINE_TICKS = {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
  private static final double NARROW = 6;

  /** Budgets that are further away say nothing of the variants. */
  private static final double FAR = 4;

  private final Decision decision;
  private final boolean tail;
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

    /** With room for a budget that is not far from what there is. */
    Axis with(Optional<Double> limit) {
      return limit
          .filter(this::isNear)
          .map(at -> new Axis(Math.min(from, at / 1.15), Math.max(to, at * 1.15), start, end))
          .orElse(this);
    }

    boolean isNear(double limit) {
      return limit <= FAR * to && limit >= from / FAR;
    }

    double at(double value) {
      return start + (end - start) * Math.log(value / from) / Math.log(to / from);
    }

    boolean has(double value) {
      return value >= from && value <= to;
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      double[] steps = to / from < NARROW ? FINE_TICKS : TICKS;
      double decade = Math.pow(10, Math.floor(Math.log10(from)));
      for (; decade < to; decade *= 10) {
        for (double step : steps) {
          ticks.add(decade * step);
        }
      }
      return ticks.stream().filter(this::has).toList();
    }
  }

  private FrontPlot(Decision decision, List<Attempt> all) {
    this.decision = decision;
    Axis tails = Axis.of(all, decision.time()::p95Millis, LEFT, WIDTH - RIGHT);
    this.tail = limit("p95").filter(tails::isNear).isPresent();
    this.time =
        Axis.of(all, this::millis, LEFT, WIDTH - RIGHT)
            .with(tail ? limit("p95") : Optional.empty());
    List<Double> merits = all.stream().map(Attempt::merit).filter(Double::isFinite).toList();
    this.worst = merits.stream().min(Comparator.naturalOrder()).orElse(0.0);
    this.best = merits.stream().max(Comparator.naturalOrder()).orElse(0.0);
    this.bytes = Axis.of(all, Attempt::bytes, HEIGHT - EDGE, EDGE / 2).with(limit("flash"));
  }

  /** A figure with what it shows in words. */
  static String figure(Decision decision, List<Attempt> all) {
    FrontPlot plot = new FrontPlot(decision, all);
    plot.draw(all);
    return "<figure class=\"plot\">%s<figcaption>%s</figcaption></figure>\n"
        .formatted(plot.svg, plot.caption());
  }

  private String caption() {
    return "Across: %s of one run, %s. Upwards: bytes on flash. Larger points are nearer to the"
            .formatted(tail ? "p95" : "p50", decision.time().source().label())
        + " original's outputs; blue ones no other beats in everything; hollow ones miss a limit.";
  }

  private Optional<Double> limit(String name) {
    return decision.wish().limits().stream()
        .filter(gate -> gate.name().equals(name))
        .map(Gate::limit)
        .findFirst();
  }

  /** By the percentile that a budget is for. */
  private double millis(Attempt attempt) {
    return tail ? decision.time().p95Millis(attempt) : decision.time().p50Millis(attempt);
  }

  private void draw(List<Attempt> all) {
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"bytes and time of the variants\">"
            .formatted(WIDTH, HEIGHT));
    axes();
    all.stream().sorted(Comparator.comparingLong(Attempt::bytes).reversed()).forEach(this::point);
    svg.append("</svg>");
  }

  private void axes() {
    for (double tick : time.ticks()) {
      line("axis", time.at(tick), EDGE / 2.0, time.at(tick), HEIGHT - EDGE);
      text("middle", time.at(tick), HEIGHT - EDGE + 20, plain("%.3g", tick) + " ms");
    }
    for (double tick : bytes.ticks()) {
      line("axis", LEFT, bytes.at(tick), WIDTH - RIGHT, bytes.at(tick));
      text("end", LEFT - 8, bytes.at(tick) + 4, Quantity.size((long) tick).replace(".0 ", " "));
    }
    limit("p95")
        .filter(at -> tail && time.has(at))
        .ifPresent(limit -> limit("p95", time.at(limit), true));
    limit("flash").filter(bytes::has).ifPresent(limit -> limit("flash", bytes.at(limit), false));
  }

  private void limit(String name, double at, boolean upright) {
    if (upright) {
      line("limit", at, EDGE / 2.0, at, HEIGHT - EDGE);
    } else {
      line("limit", LEFT, at, WIDTH - RIGHT, at);
    }
    double x = upright ? at + 4 : WIDTH - RIGHT - 60;
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"limit\" x=\"%.1f\" y=\"%.1f\">%s</text>",
            x,
            upright ? EDGE / 2.0 + 10 : at - 5,
            name));
  }

  /** Without zeros that say nothing. */
  private static String plain(String format, double value) {
    String text = String.format(Locale.ROOT, format, value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
            kind,
            x1,
            y1,
            x2,
            y2));
  }

  private void text(String anchor, double x, double y, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
            anchor,
            x,
            y,
            HtmlText.escape(text)));
  }

  /** Filled when it keeps every limit, blue on the front, ringed when chosen. */
  private void point(Attempt attempt) {
    double x = time.at(millis(attempt));
    double y = bytes.at((double) attempt.bytes());
    boolean front = decision.front().contains(attempt);
    boolean kept = decision.missed(attempt).isEmpty();
    svg.append("<a href=\"#%s\">".formatted(VariantRows.anchor(decision, attempt)));
    if (decision.chosen().map(attempt::equals).orElse(false)) {
      circle("ring", x, y, 13);
    }
    circle(kept ? front ? "front" : "other" : "open", x, y, radius(attempt));
    circle("touch", x, y, TOUCH);
    String told = attempt.name() + ": " + attempt.done() + ", " + Reasons.quality(attempt);
    svg.append("<title>").append(HtmlText.escape(told)).append("</title></a>");
    if (front) {
      boolean measured = decision.time().measured(attempt).isPresent();
      label(x, y + 4, attempt.name().value() + (measured ? ", measured" : ""));
    }
  }

  private int radius(Attempt attempt) {
    double share = (attempt.merit() - worst) / (best - worst);
    return SMALLEST
        + (int) Math.round((LARGEST - SMALLEST) * (share >= 0 && share < 1 ? share : 1));
  }

  /** Towards the middle, and below those that it would lie on. */
  private void label(double x, double wanted, String text) {
    double y = wanted;
    for (boolean free = false; !free; ) {
      double at = y;
      free = labels.stream().noneMatch(l -> Math.abs(l[0] - x) < 190 && Math.abs(l[1] - at) < 18);
      y += free ? 0 : 2;
    }
    labels.add(new double[] {x, y});
    boolean right = x > (LEFT + WIDTH - RIGHT) / 2.0;
    text(right ? "end" : "start", right ? x - 16 : x + 16, y, text);
  }

  private void circle(String kind, double x, double y, int radius) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"/>",
            kind,
            x,
            y,
            radius));
  }
}
