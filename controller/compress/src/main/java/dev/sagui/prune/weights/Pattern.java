/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;

/**
 * Which weights of a layer go together, in its rows [outputs, inputs].
 *
 * @param kind how {@code first} and {@code second} are meant
 * @param first weights kept of a group, or outputs of a block
 * @param second weights of a group, or inputs of a block
 */
public record Pattern(Kind kind, int first, int second) {
  /** Each for itself. */
  public static final Pattern UNSTRUCTURED = new Pattern(Kind.SINGLE, 1, 1);

  /** All that feed an output. */
  public static final Pattern ROWS = new Pattern(Kind.ROW, 1, Integer.MAX_VALUE);

  private static final java.util.regex.Pattern FORM =
      java.util.regex.Pattern.compile("(\\d{1,4})([:x])(\\d{1,4})");

  /** What the two numbers are. */
  public enum Kind {
    SINGLE,
    /** So many are kept of so many that follow each other along the inputs. */
    N_OF_M,
    /** Blocks of so many outputs and inputs; those at an edge may be smaller. */
    BLOCK,
    ROW
  }

  /**
   * Reads {@code 2:4}, {@code 1x4} or {@code rows}.
   *
   * @throws RejectedException BAD_REQUEST
   */
  public static Pattern parse(String text) {
    if (text.equals("rows")) {
      return ROWS;
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw bad("expected a pattern of N:M as 2:4, blocks as 1x4 or rows, got '%s'", text);
    }
    return form.group(2).equals(":") ? nOfM(form.toMatchResult()) : block(form.toMatchResult());
  }

  private static Pattern nOfM(MatchResult form) {
    int kept = Integer.parseInt(form.group(1));
    int of = Integer.parseInt(form.group(3));
    if (kept < 1 || kept >= of) {
      throw bad(
          "expected a pattern N:M that keeps 1 to M - 1 weights of M, got '%s'", form.group());
    }
    return new Pattern(Kind.N_OF_M, kept, of);
  }

  private static Pattern block(MatchResult form) {
    int outputs = Integer.parseInt(form.group(1));
    int inputs = Integer.parseInt(form.group(3));
    if (outputs < 1 || inputs < 1) {
      throw bad("expected blocks of one weight or more, got '%s'", form.group());
    }
    return outputs * inputs == 1 ? UNSTRUCTURED : new Pattern(Kind.BLOCK, outputs, inputs);
  }

  private static RejectedException bad(String what, String found) {
    return new RejectedException(FailureCode.BAD_REQUEST, what.formatted(found));
  }

  /** The share of zeros that the pattern itself says; empty when it leaves it open. */
  public OptionalDouble ratio() {
    return kind == Kind.N_OF_M
        ? OptionalDouble.of(1 - (double) first / second)
        : OptionalDouble.empty();
  }

  /** As recipes write it. */
  public String label() {
    return switch (kind) {
      case SINGLE -> "1x1";
      case N_OF_M -> first + ":" + second;
      case BLOCK -> first + "x" + second;
      case ROW -> "rows";
    };
  }
}
