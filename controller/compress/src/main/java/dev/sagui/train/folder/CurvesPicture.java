/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.quality.PngCanvas;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** {@code curves.png}: the loss on a logarithmic scale, and below it the score, over the steps. */
final class CurvesPicture {
  private static final int WIDTH = 900;
  private static final int PANEL = 300;
  private static final int LEFT = 110;
  private static final int RIGHT = 20;
  private static final int TOP = 36;
  private static final int BOTTOM = 34;
  private static final int TEXT_HALF = 7;
  private static final int GRID = 0xDDDDDD;
  private static final int FAINT = 0xB9CDE6;
  private static final int LOSS = 0x1F4E8C;
  private static final int SCORE = 0xB5471B;
  private static final int LINES = 5;
  private static final int DOT = 2;

  /** Shares of the last steps that the smooth line averages over. */
  private static final double SMOOTHING = 0.02;

  private final PngCanvas canvas = new PngCanvas(WIDTH, 2 * PANEL);
  private final List<CurveRow> rows;
  private final long last;

  private CurvesPicture(List<CurveRow> rows) {
    this.rows = rows;
    this.last = Math.max(1, rows.isEmpty() ? 1 : rows.get(rows.size() - 1).step());
  }

  /**
   * @param metric of the scores
   * @return a PNG
   */
  static byte[] of(List<CurveRow> rows, String metric) {
    CurvesPicture picture = new CurvesPicture(rows);
    picture.losses();
    picture.scores(metric);
    return picture.canvas.encode();
  }

  /** An axis from {@code low} to {@code high}, of logarithms where {@code log}. */
  private record Axis(int top, double low, double high, boolean log) {
    static Axis of(List<CurveRow> rows, ToDoubleFunction<CurveRow> value, int top, boolean log) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (CurveRow row : rows) {
        double each = scaled(value.applyAsDouble(row), log);
        if (Double.isFinite(each)) {
          low = Math.min(low, each);
          high = Math.max(high, each);
        }
      }
      if (low > high) {
        return new Axis(top, 0, 1, false);
      }
      double margin = Math.max(0.05 * (high - low), 1e-3 * Math.max(1e-6, Math.abs(high)));
      return new Axis(top, low - margin, high + margin, log);
    }

    private static double scaled(double value, boolean log) {
      return log ? Math.log10(value) : value;
    }

    int y(double value) {
      double share = (scaled(value, log) - low) / (high - low);
      return top + TOP + (int) Math.round((1 - share) * (PANEL - TOP - BOTTOM));
    }

    double at(double share) {
      double value = low + share * (high - low);
      return log ? Math.pow(10, value) : value;
    }
  }

  private int x(long step) {
    return LEFT + (int) Math.round((double) step / last * (WIDTH - LEFT - RIGHT));
  }

  private void frame(Axis axis, String title) {
    canvas.text(title, LEFT, axis.top() + 12);
    for (int i = 0; i < LINES; i++) {
      double share = i / (LINES - 1.0);
      double value = axis.at(share);
      int y = axis.y(value);
      line(LEFT, y, WIDTH - RIGHT, y, GRID);
      String label = String.format(Locale.ROOT, "%.3g", value);
      canvas.text(label, LEFT - 8 - PngCanvas.textWidth(label), y - TEXT_HALF);
      String step = Long.toString(Math.round(share * last));
      int left = x(Math.round(share * last)) - PngCanvas.textWidth(step) / 2;
      canvas.text(
          step,
          Math.min(left, WIDTH - PngCanvas.textWidth(step)),
          axis.top() + PANEL - BOTTOM + 10);
    }
  }

  private void losses() {
    boolean log = rows.stream().allMatch(row -> Double.isNaN(row.loss()) || row.loss() > 0);
    Axis axis = Axis.of(rows, CurveRow::loss, 0, log);
    frame(axis, log ? "LOSS (LOG)" : "LOSS");
    curve(axis, CurveRow::loss, FAINT, false);
    double[] mean = {Double.NaN};
    double share = 1 / Math.max(1, SMOOTHING * rows.size());
    curve(
        axis,
        row -> {
          if (!Double.isNaN(row.loss())) {
            mean[0] = Double.isNaN(mean[0]) ? row.loss() : mean[0] + share * (row.loss() - mean[0]);
          }
          return mean[0];
        },
        LOSS,
        true);
  }

  private void scores(String metric) {
    Axis axis = Axis.of(rows, CurveRow::score, PANEL, false);
    frame(axis, metric);
    curve(axis, CurveRow::score, SCORE, true);
    for (CurveRow row : rows) {
      if (Double.isFinite(row.score())) {
        dot(x(row.step()), axis.y(row.score()));
      }
    }
  }

  private void dot(int x, int y) {
    for (int down = -DOT; down <= DOT; down++) {
      line(x - DOT, y + down, x + DOT, y + down, SCORE);
    }
  }

  private void curve(Axis axis, ToDoubleFunction<CurveRow> value, int rgb, boolean thick) {
    int fromX = -1;
    int fromY = -1;
    for (CurveRow row : rows) {
      double each = value.applyAsDouble(row);
      if (!Double.isFinite(each)) {
        continue;
      }
      int toX = x(row.step());
      int toY = axis.y(each);
      if (fromX >= 0) {
        line(fromX, fromY, toX, toY, rgb);
        if (thick) {
          line(fromX, fromY + 1, toX, toY + 1, rgb);
        }
      }
      fromX = toX;
      fromY = toY;
    }
  }

  private void line(int x0, int y0, int x1, int y1, int rgb) {
    int length = Math.max(1, Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)));
    for (int i = 0; i <= length; i++) {
      double share = (double) i / length;
      canvas.set(
          (int) Math.round(x0 + share * (x1 - x0)), (int) Math.round(y0 + share * (y1 - y0)), rgb);
    }
  }
}
