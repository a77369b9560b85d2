/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import dev.sagui.train.loss.Adversarial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A convolutional generative adversarial network (DCGAN: Radford et al. 2016) of pictures whose
 * sides are multiples of four.
 *
 * @param channels of the pictures
 * @param latent numbers that a picture is made from
 * @param generator channels before each of its three convolutions; the first two double height and
 *     width
 * @param critic channels of its two convolutions, each of which halves height and width
 * @param loss of both
 * @param spectral whether the critic's weights are divided by their largest singular value (Miyato
 *     et al. 2018)
 * @param criticRate the critic's rate of learning over the generator's (Heusel et al. 2017)
 */
public record GanSpec(
    long channels,
    long latent,
    List<Long> generator,
    List<Long> critic,
    Adversarial loss,
    boolean spectral,
    double criticRate)
    implements NetSpec {
  static final String NAME = "dcgan";
  private static final int MOST_WIDTH = 4096;
  private static final List<String> KEYS =
      List.of("channels", "latent", "generator", "critic", "loss", "spectral", "critic-rate");

  /** The demo's sizes: 276,000 parameters in the generator. */
  public static final GanSpec USUAL =
      new GanSpec(1, 64, List.of(64L, 48L, 24L), List.of(48L, 96L), Adversarial.HINGE, true, 1);

  static GanSpec parse(Object written) {
    Keys keys = Keys.of(written, NAME).only(KEYS);
    return new GanSpec(
        keys.whole("channels", 1, 1, 4),
        keys.whole("latent", 64, 1, MOST_WIDTH),
        keys.wholes("generator", USUAL.generator, MOST_WIDTH),
        keys.wholes("critic", USUAL.critic, MOST_WIDTH),
        Adversarial.parse(keys.text("loss").orElse(USUAL.loss.label())),
        keys.flag("spectral", true),
        keys.number("critic-rate", 1, 0.01, 100));
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
    map.put("generator", generator);
    map.put("critic", critic);
    map.put("loss", loss.label());
    map.put("spectral", spectral);
    map.put("critic-rate", criticRate);
    return map;
  }

  @Override
  public Prepared prepare(Setting setting) {
    return new PreparedGan(this, setting, PictureData.of(setting, channels));
  }
}
