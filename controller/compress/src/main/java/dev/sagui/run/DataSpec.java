/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.failure.RejectedException;
import dev.sagui.run.source.BadData;
import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where inputs come from, as {@link #GRAMMAR} has it; {@code toString} gives the text back. */
public sealed interface DataSpec permits SeededData, ValuesData, FileData {
  /** What {@link #parse} understands. */
  String GRAMMAR =
      "latent:normal:SEED:N, latent:uniform:SEED:N, random:SEED:N[:LOW..HIGH], npz:FILE, npy:DIR,"
          + " images:DIR[:nchw|nhwc][:LOW..HIGH], idx:FILE[.gz][:LOW..HIGH], text:FILE,"
          + " audio:DIR|FILE.wav (each file"
          + " or folder also with :N for the first N samples), values:V,V,…";

  /** The words before the first colon. */
  Set<String> KINDS =
      Set.of("latent", "random", "npz", "npy", "images", "idx", "text", "audio", "values");

  /** What a generator is measured on unless told otherwise. */
  DataSpec HELD_OUT_LATENTS = latents(0, 256);

  /** Standard normal values. */
  static DataSpec latents(long seed, int count) {
    return new SeededData(SeededData.Kind.LATENT_NORMAL, seed, count, -1, 1);
  }

  /** Uniform values in 0..1, which say little about real inputs. */
  static DataSpec noise(long seed, int count) {
    return new SeededData(SeededData.Kind.RANDOM, seed, count, 0, 1);
  }

  /**
   * Files are not looked at yet.
   *
   * @throws RejectedException BAD_REQUEST, naming what is understood
   */
  static DataSpec parse(String text) {
    return SeededData.find(text)
        .or(() -> ValuesData.find(text))
        .or(() -> FileData.find(text))
        .orElseThrow(() -> wrong(text));
  }

  /** What the samples are, for a report. */
  static String told(Map<String, DataSpec> specs) {
    return String.join(", ", specs.values().stream().map(DataSpec::toString).toList());
  }

  /** Whether the text is meant as data and not as an input's name before an equals sign. */
  static boolean startsWithKind(String text) {
    return KINDS.contains(text.substring(0, Math.max(0, text.indexOf(':'))));
  }

  /** A refusal that names what is understood. */
  static RejectedException wrong(String text) {
    return BadData.of("expected data as %s, got '%s'".formatted(GRAMMAR, text));
  }

  /** Whether numbers measured on it say little about real inputs. */
  boolean isWeak();

  /** The file or folder that the samples are in; empty where the text says all. */
  default Optional<Path> file() {
    return Optional.empty();
  }

  /** The same with its file below that folder. */
  default DataSpec below(Path folder) {
    return this;
  }

  /**
   * When the files were last written, in milliseconds since 1970; 0 where there are none.
   *
   * @throws IOException they cannot be read
   */
  default long changedMillis() throws IOException {
    return 0;
  }

  /** The same kind of data by another seed, where it has one, and that many samples at most. */
  DataSpec with(long seed, int count);

  /** Other samples of the same kind, where a seed makes them; else the same. */
  default DataSpec next() {
    return this;
  }

  /**
   * Whether a tensor of that shape is one sample without a batch dimension, though its first
   * dimension is fixed.
   */
  default boolean isWhole(List<Long> shape) {
    return false;
  }

  /**
   * The samples, for those of {@code slots} that this kind of data can fill.
   *
   * @param modelFile where a tokenizer lies beside; empty when not known
   * @throws RejectedException BAD_REQUEST or NOT_FOUND in one sentence
   */
  SampleSource open(List<InputSlot> slots, Optional<Path> modelFile);
}
