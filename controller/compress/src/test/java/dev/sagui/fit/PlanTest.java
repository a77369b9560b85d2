/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final long MEGABYTE = 1_000_000;

  private final List<Variant> variants =
      List.of(
          variant("fp32", 834_821, Double.POSITIVE_INFINITY),
          variant("fp16", 420_000, 88.8),
          variant("int8", 213_000, 58.2));

  @Test
  void neverReturnsAVariantOverBudget() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      List<Variant> some = randomVariants(random);
      DeviceProfile profile = randomProfile(random);
      Fitter.choose(profile, some)
          .variant()
          .ifPresent(
              chosen -> {
                assertTrue(chosen.bytes() <= profile.budget().flashBytes());
                assertTrue(Plan.ramBytes(some) <= profile.budget().ramBytes());
              });
    }
  }

  @Test
  void smallerBudgetNeverGivesALargerModel() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      List<Variant> some = randomVariants(random);
      DeviceProfile large = randomProfile(random);
      DeviceProfile small =
          profile(
              1 + (long) (large.budget().flashBytes() * random.nextDouble()),
              1 + (long) (large.budget().ramBytes() * random.nextDouble()));
      long bytes = Fitter.choose(large, some).variant().map(Variant::bytes).orElse(0L);
      assertTrue(Fitter.choose(small, some).variant().map(Variant::bytes).orElse(0L) <= bytes);
    }
  }

  @Test
  void takesTheBestQualityThatFitsAndSaysWhy() {
    assertEquals(
        "int8: 213 kB fits the flash budget of 300 kB; fp16 needs 420 kB",
        Fitter.choose(profile(300_000, 500 * MEGABYTE), variants).reason());
    assertEquals(
        "fp16: 420 kB fits the flash budget of 500 kB; fp32 needs 835 kB",
        Fitter.choose(profile(500_000, 500 * MEGABYTE), variants).reason());
    assertEquals(
        "fp32: 835 kB fits the flash budget of 4000 kB at full quality",
        Fitter.choose(profile(4_000_000, 500 * MEGABYTE), variants).reason());
  }

  @Test
  void refusalNamesTheSmallestVariant() {
    Choice choice = Fitter.choose(profile(100_000, 500 * MEGABYTE), variants);
    assertTrue(choice.variant().isEmpty());
    assertEquals(
        "no variant fits the flash budget of 100 kB of board: the smallest, int8, needs 213 kB",
        choice.reason());
  }

  @Test
  void refusalForMemoryNamesTheBudget() {
    Choice choice = Fitter.choose(profile(4_000_000, 50 * MEGABYTE), variants);
    assertTrue(choice.variant().isEmpty());
    assertTrue(choice.reason().contains("RAM budget of board is 50 MB"), choice.reason());
  }

  private static List<Variant> randomVariants(Random random) {
    List<Variant> variants = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(5); i++) {
      double quality = random.nextInt(10) == 0 ? Double.NaN : random.nextInt(100);
      variants.add(variant("v" + i, 1 + random.nextInt(50_000_000), quality));
    }
    return variants;
  }

  private static DeviceProfile randomProfile(Random random) {
    return profile(1 + random.nextInt(60_000_000), 1 + random.nextInt(400_000_000));
  }

  private static Variant variant(String name, long bytes, double psnr) {
    Path folder = Path.of(name);
    return new Variant(
        new ArtifactName(name),
        folder,
        List.of(folder.resolve("model.onnx")),
        bytes,
        psnr,
        Double.isInfinite(psnr),
        folder.resolve("golden.safetensors"),
        1);
  }

  private static DeviceProfile profile(long flash, long ram) {
    return new DeviceProfile(
        new ArtifactName("board"),
        "board",
        "aarch64",
        List.of(),
        4,
        ram,
        4,
        new Budget(flash, ram, Double.POSITIVE_INFINITY),
        Optional.empty());
  }
}
