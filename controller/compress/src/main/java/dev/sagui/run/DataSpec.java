/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where inputs come from: {@code latent:normal:SEED:N}, {@code latent:uniform:SEED:N} or {@code
 * random:SEED:N[:LOW..HIGH]}.
 *
 * @param count samples
 * @param low of uniform values, inclusive
 * @param high of uniform values, exclusive
 */
public record DataSpec(Kind kind, long seed, int count, double low, double high) {
  /** Distribution of the values. */
  public enum Kind {
    /** Standard normal. */
    LATENT_NORMAL,
    /** Uniform in −1..1. */
    LATENT_UNIFORM,
    /** Uniform noise, which says little about real inputs. */
    RANDOM
  }

  /** What a generator is measured on unless told otherwise. */
  public static final DataSpec HELD_OUT_LATENTS = new DataSpec(Kind.LATENT_NORMAL, 0, 256, -1, 1);

  private static final Pattern SYNTAX =
      Pattern.compile(
          "(latent:normal|latent:uniform|random):(-?\\d{1,18}):(\\d{1,6})"
              + "(?::(-?[\\d.]+)\\.\\.(-?[\\d.]+))?");

  public DataSpec {
    if (count < 1 || !(low < high)) {
      throw wrong("%s:%d:%d:%s..%s".formatted(kind, seed, count, low, high));
    }
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming what is understood
   */
  public static DataSpec parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw wrong(text);
    }
    Kind kind = Kind.valueOf(matcher.group(1).replace(':', '_').toUpperCase(Locale.ROOT));
    boolean ranged = matcher.group(4) != null;
    if (ranged && kind == Kind.LATENT_NORMAL) {
      throw wrong(text);
    }
    try {
      double low = kind == Kind.RANDOM ? 0 : -1;
      return new DataSpec(
          kind,
          Long.parseLong(matcher.group(2)),
          Integer.parseInt(matcher.group(3)),
          ranged ? Double.parseDouble(matcher.group(4)) : low,
          ranged ? Double.parseDouble(matcher.group(5)) : 1);
    } catch (NumberFormatException e) {
      throw wrong(text);
    }
  }

  /**
   * The next value; {@link Random}'s algorithms are specified, so that seeds mean the same
   * everywhere.
   */
  float next(Random random) {
    return (float)
        (kind == Kind.LATENT_NORMAL
            ? random.nextGaussian()
            : low + (high - low) * random.nextDouble());
  }

  /** Whether numbers measured on it say little about real inputs. */
  public boolean isWeak() {
    return kind == Kind.RANDOM;
  }

  private static RejectedException wrong(String text) {
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "expected data as latent:normal:SEED:N, latent:uniform:SEED:N or random:SEED:N[:LOW..HIGH],"
            + " got '"
            + text
            + "'");
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ':');
    String plain = name + ":" + seed + ":" + count;
    return kind == Kind.RANDOM && (low != 0 || high != 1) ? plain + ":" + low + ".." + high : plain;
  }
}
