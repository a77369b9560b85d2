/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import dev.sagui.run.source.BadData;
import dev.sagui.train.loss.Elbo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A convolutional variational autoencoder of pictures whose sides are multiples of four.
 *
 * @param channels of the pictures
 * @param latent numbers that a picture is encoded in
 * @param encoder channels of its two convolutions, each of which halves height and width
 * @param decoder channels of its first convolution and of its two transposed ones, each of which
 *     doubles height and width
 * @param loss as {@link Elbo#parse} reads it
 */
public record VaeSpec(
    long channels, long latent, List<Long> encoder, List<Long> decoder, Map<String, Object> loss)
    implements NetSpec {
  static final String NAME = "vae";
  private static final int MOST_WIDTH = 4096;
  private static final List<String> KEYS =
      List.of("channels", "latent", "encoder", "decoder", "loss");

  /** The demo's sizes: 208,000 parameters in the decoder, 226,000 in the encoder. */
  public static final VaeSpec USUAL =
      new VaeSpec(
          1,
          32,
          List.of(24L, 64L),
          List.of(64L, 48L, 24L),
          Map.of("reconstruction", "bce", "beta", 1));

  static VaeSpec parse(Object written) {
    Keys keys = Keys.of(written, NAME).only(KEYS);
    Object loss = keys.find("loss").orElse(USUAL.loss);
    if (!(loss instanceof Map<?, ?> map)) {
      throw BadData.of(
          "expected {reconstruction: bce, beta: 1} under 'loss', got '%s'".formatted(loss));
    }
    Map<String, Object> terms = new LinkedHashMap<>();
    map.forEach((key, value) -> terms.put(String.valueOf(key), value));
    Elbo.parse(terms);
    return new VaeSpec(
        keys.whole("channels", 1, 1, 4),
        keys.whole("latent", 32, 1, MOST_WIDTH),
        keys.wholes("encoder", USUAL.encoder, MOST_WIDTH),
        keys.wholes("decoder", USUAL.decoder, MOST_WIDTH),
        terms);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("channels", channels);
    map.put("latent", latent);
    map.put("encoder", encoder);
    map.put("decoder", decoder);
    map.put("loss", loss);
    return map;
  }

  @Override
  public Prepared prepare(Setting setting) {
    return PreparedVae.of(this, setting, PictureData.of(setting, channels));
  }
}
