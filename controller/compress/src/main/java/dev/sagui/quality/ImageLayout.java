/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.List;
import java.util.Optional;

/**
 * How images lie in a tensor: [N, C, H, W] or [N, H, W, C] with one or three channels.
 *
 * @param channelsLast whether C comes last
 */
public record ImageLayout(int images, int channels, int height, int width, boolean channelsLast) {
  /** Empty when the shape is not that of images. */
  public static Optional<ImageLayout> of(List<Long> shape) {
    if (shape.size() != 4 || shape.stream().anyMatch(d -> d < 1 || d > Integer.MAX_VALUE)) {
      return Optional.empty();
    }
    int[] d = shape.stream().mapToInt(Long::intValue).toArray();
    if (d[1] == 1 || d[1] == 3) {
      return Optional.of(new ImageLayout(d[0], d[1], d[2], d[3], false));
    }
    return d[3] == 1 || d[3] == 3
        ? Optional.of(new ImageLayout(d[0], d[3], d[1], d[2], true))
        : Optional.empty();
  }

  /** Where the element of a pixel is. */
  public int index(int image, int channel, int y, int x) {
    return channelsLast
        ? ((image * height + y) * width + x) * channels + channel
        : ((image * channels + channel) * height + y) * width + x;
  }

  /** One channel of one image, copied: [height, width]. */
  float[] plane(float[] values, int image, int channel) {
    float[] plane = new float[height * width];
    int from = index(image, channel, 0, 0);
    int step = channelsLast ? channels : 1;
    for (int i = 0; i < plane.length; i++) {
      plane[i] = values[from + i * step];
    }
    return plane;
  }

  /** One image, copied: [channels][height, width]. */
  float[][] planes(float[] values, int image) {
    float[][] planes = new float[channels][];
    for (int channel = 0; channel < channels; channel++) {
      planes[channel] = plane(values, image, channel);
    }
    return planes;
  }
}
