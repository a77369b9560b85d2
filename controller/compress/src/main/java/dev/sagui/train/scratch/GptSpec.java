/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import dev.sagui.run.source.BadData;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small transformer that foretells the next byte of a text.
 *
 * @param context tokens that it sees at most
 * @param width of a token inside
 * @param heads of an attention; a divisor of the width
 * @param layers of attention and feed-forward
 */
public record GptSpec(int context, int width, int heads, int layers) implements NetSpec {
  static final String NAME = "gpt";
  private static final List<String> KEYS = List.of("context", "width", "heads", "layers");

  static GptSpec parse(Object written) {
    Keys keys = Keys.of(written, NAME).only(KEYS);
    GptSpec spec =
        new GptSpec(
            keys.whole("context", 64, 2, 8192),
            keys.whole("width", 128, 1, 8192),
            keys.whole("heads", 4, 1, 256),
            keys.whole("layers", 2, 1, 64));
    if (spec.width % spec.heads != 0) {
      throw BadData.of(
          "expected a width that %d heads share evenly, got %d".formatted(spec.heads, spec.width));
    }
    return spec;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("context", context);
    map.put("width", width);
    map.put("heads", heads);
    map.put("layers", layers);
    return map;
  }

  @Override
  public Prepared prepare(Setting setting) throws IOException {
    return PreparedText.of(new GptNet(this, setting.seed()), setting);
  }
}
