/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;

/** How Resize reads one axis, as ONNX Runtime's kernels do (float32, borders repeated). */
final class Interpolation {
  private static final String PLACES = "coordinate_transformation_mode";

  private Interpolation() {}

  /**
   * The map from the elements of the axis to those of the output.
   *
   * @param in the length that is read
   * @param out the length that is written
   * @param scale out / in, as the node told it
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL for a mode without a gradient
   */
  static AxisMap of(Node node, Backward to, long in, long out, double scale) {
    for (String option : new String[] {"antialias", "exclude_outside"}) {
      if (node.integer(option, 0) == 1) {
        throw to.refused("its %s is 1".formatted(option));
      }
    }
    AxisMap map = new AxisMap(Math.toIntExact(in), Math.toIntExact(out));
    String mode = node.text("mode", "nearest");
    for (int o = 0; o < out; o++) {
      float at = place(node, to, o, new float[] {in, out, (float) scale});
      switch (mode) {
        case "nearest" -> map.read(o, nearest(node, at), 1);
        case "linear" -> linear(map, o, at);
        case "cubic" -> cubic(node, map, o, at);
        default -> throw to.refused("its mode is '%s'".formatted(mode));
      }
    }
    return map;
  }

  /** Where an element of the output lies in the input; ONNX, Resize. */
  private static float place(Node node, Backward to, int o, float[] sizes) {
    float in = sizes[0];
    float out = sizes[1];
    float scale = sizes[2];
    String mode = node.text(PLACES, "half_pixel");
    return switch (mode) {
      case "asymmetric" -> o / scale;
      case "half_pixel" -> (o + 0.5f) / scale - 0.5f;
      case "pytorch_half_pixel" -> out > 1 ? (o + 0.5f) / scale - 0.5f : 0;
      case "align_corners" -> out > 1 ? o * (in - 1) / (out - 1) : 0;
      case "half_pixel_symmetric" -> {
        float offset = in / 2 * (1 - out / (scale * in));
        yield offset + (o + 0.5f) / scale - 0.5f;
      }
      default -> throw to.refused("its %s is '%s'".formatted(PLACES, mode));
    };
  }

  private static int nearest(Node node, float at) {
    return (int)
        switch (node.text("nearest_mode", "round_prefer_floor")) {
          case "floor" -> Math.floor(at);
          case "ceil" -> Math.ceil(at);
          case "round_prefer_ceil" -> Math.floor(at + 0.5);
          default -> Math.ceil(at - 0.5);
        };
  }

  private static void linear(AxisMap map, int o, float at) {
    float within = Math.max(0, Math.min(at, map.in() - 1));
    int low = (int) within;
    float share = within - low;
    map.read(o, low, 1 - share);
    map.read(o, low + 1, share);
  }

  /** Keys 1981. */
  private static void cubic(Node node, AxisMap map, int o, float at) {
    float a = node.number("cubic_coeff_a", -0.75f);
    int low = (int) Math.floor(at);
    for (int i = -1; i <= 2; i++) {
      float far = Math.abs(at - (low + i));
      float weight =
          far <= 1
              ? ((a + 2) * far - (a + 3)) * far * far + 1
              : ((a * far - 5 * a) * far + 8 * a) * far - 4 * a;
      map.read(o, low + i, weight);
    }
  }
}
