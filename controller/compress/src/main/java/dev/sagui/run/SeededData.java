/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.SampleSource;
import dev.sagui.run.source.SeededSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values drawn from a seed: {@code latent:normal:SEED:N}, {@code latent:uniform:SEED:N} or {@code
 * random:SEED:N[:LOW..HIGH]}.
 *
 * @param count samples
 * @param low of uniform values, inclusive
 * @param high of uniform values, exclusive
 */
record SeededData(Kind kind, long seed, int count, double low, double high) implements DataSpec {
  /** Distribution of the values. */
  enum Kind {
    /** Standard normal. */
    LATENT_NORMAL,
    /** Uniform in −1..1. */
    LATENT_UNIFORM,
    /** Uniform noise, which says little about real inputs. */
    RANDOM
  }

  private static final Pattern SYNTAX =
      Pattern.compile(
          "(latent:normal|latent:uniform|random):(-?\\d{1,18}):(\\d{1,6})"
              + "(?::(-?[\\d.]+)\\.\\.(-?[\\d.]+))?");

  SeededData {
    if (count < 1 || !(low < high)) {
      throw DataSpec.wrong("%s:%d:%d:%s..%s".formatted(kind, seed, count, low, high));
    }
  }

  static Optional<DataSpec> find(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Kind kind = Kind.valueOf(matcher.group(1).replace(':', '_').toUpperCase(Locale.ROOT));
    boolean ranged = matcher.group(4) != null;
    if (ranged && kind == Kind.LATENT_NORMAL) {
      throw DataSpec.wrong(text);
    }
    try {
      double low = kind == Kind.RANDOM ? 0 : -1;
      return Optional.of(
          new SeededData(
              kind,
              Long.parseLong(matcher.group(2)),
              Integer.parseInt(matcher.group(3)),
              ranged ? Double.parseDouble(matcher.group(4)) : low,
              ranged ? Double.parseDouble(matcher.group(5)) : 1));
    } catch (NumberFormatException e) {
      throw DataSpec.wrong(text);
    }
  }

  private double value(Random random) {
    return kind == Kind.LATENT_NORMAL
        ? random.nextGaussian()
        : low + (high - low) * random.nextDouble();
  }

  @Override
  public boolean isWeak() {
    return kind == Kind.RANDOM;
  }

  @Override
  public DataSpec with(long otherSeed, int otherCount) {
    return new SeededData(kind, otherSeed, otherCount, low, high);
  }

  @Override
  public DataSpec next() {
    return with(seed + 1, count);
  }

  @Override
  public SampleSource open(List<InputSlot> slots, Optional<Path> modelFile) {
    return new SeededSource(slots, seed, count, kind == Kind.RANDOM && isUsual(), this::value);
  }

  /** Whether no range was asked for. */
  private boolean isUsual() {
    return low == (kind == Kind.RANDOM ? 0 : -1) && high == 1;
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ':');
    String plain = name + ":" + seed + ":" + count;
    return isUsual() ? plain : plain + ":" + low + ".." + high;
  }
}
