/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.ArraySource;
import dev.sagui.run.source.AudioSource;
import dev.sagui.run.source.BadData;
import dev.sagui.run.source.IdxSource;
import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.PictureSource;
import dev.sagui.run.source.Range;
import dev.sagui.run.source.SampleSource;
import dev.sagui.run.source.TextSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Samples in files: {@code KIND:PATH} and options, each at most once.
 *
 * @param order "nchw" or "nhwc", of pictures
 * @param range what the bytes 0 and 255 become, of pictures and IDX
 * @param limit the first samples alone
 */
record FileData(Kind kind, Path path, Optional<String> order, Optional<Range> range, int limit)
    implements DataSpec {
  /** What is in the files. */
  enum Kind {
    /** Named arrays in one archive. */
    NPZ,
    /** Named arrays in a folder. */
    NPY,
    /** PNG and JPEG files. */
    IMAGES,
    /** MNIST's format. */
    IDX,
    /** A sample a line. */
    TEXT,
    /** WAV files. */
    AUDIO
  }

  private static final int ALL = Integer.MAX_VALUE;
  private static final Pattern OPTION =
      Pattern.compile("(.*):(?:(\\d{1,7})|(nchw|nhwc)|(-?[\\d.]+)\\.\\.(-?[\\d.]+))");

  static Optional<DataSpec> find(String text) {
    int colon = text.indexOf(':');
    String name = text.substring(0, Math.max(0, colon));
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .map(kind -> parse(kind, text.substring(colon + 1), text));
  }

  private static DataSpec parse(Kind kind, String options, String text) {
    String rest = options;
    Optional<String> order = Optional.empty();
    Optional<Range> range = Optional.empty();
    int limit = ALL;
    for (Matcher m = OPTION.matcher(rest); m.matches(); m = OPTION.matcher(rest)) {
      if (m.group(2) != null && limit == ALL) {
        limit = Integer.parseInt(m.group(2));
      } else if (m.group(3) != null && order.isEmpty()) {
        order = Optional.of(m.group(3));
      } else if (m.group(4) != null && range.isEmpty()) {
        range = Optional.of(range(m.group(4), m.group(5), text));
      } else {
        throw DataSpec.wrong(text);
      }
      rest = m.group(1);
    }
    boolean levels = kind == Kind.IMAGES || kind == Kind.IDX;
    if (rest.isEmpty()
        || limit < 1
        || (order.isPresent() && kind != Kind.IMAGES)
        || (range.isPresent() && !levels)) {
      throw DataSpec.wrong(text);
    }
    try {
      return new FileData(kind, Path.of(rest), order, range, limit);
    } catch (InvalidPathException e) {
      throw DataSpec.wrong(text);
    }
  }

  private static Range range(String low, String high, String text) {
    try {
      return new Range(Double.parseDouble(low), Double.parseDouble(high));
    } catch (NumberFormatException e) {
      throw DataSpec.wrong(text);
    }
  }

  @Override
  public Optional<Path> file() {
    return Optional.of(path);
  }

  @Override
  public DataSpec below(Path folder) {
    return new FileData(kind, folder.resolve(path), order, range, limit);
  }

  @Override
  public long changedMillis() throws IOException {
    long last = 0;
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.toList()) {
        last = Math.max(last, Files.getLastModifiedTime(file).toMillis());
      }
    }
    return last;
  }

  @Override
  public boolean isWeak() {
    return false;
  }

  @Override
  public DataSpec with(long seed, int count) {
    return new FileData(kind, path, order, range, Math.min(limit, count));
  }

  /** A picture [C, H, W] or [H, W, C] that stands alone. */
  @Override
  public boolean isWhole(List<Long> shape) {
    return kind == Kind.IMAGES
        && shape.size() == 3
        && (isColour(shape.get(0)) || (shape.get(0) > 3 && isColour(shape.get(2))));
  }

  private static boolean isColour(long channels) {
    return channels == 1 || channels == 3;
  }

  @Override
  public SampleSource open(List<InputSlot> slots, Optional<Path> modelFile) {
    return switch (kind) {
      case NPZ -> ArraySource.zip(path, slots, limit);
      case NPY -> ArraySource.folder(path, slots, limit);
      case IMAGES -> new PictureSource(path, picture(slots), order, range, limit);
      case IDX -> new IdxSource(path, bytes(slots), range, limit);
      case AUDIO -> new AudioSource(path, waveform(slots), limit);
      case TEXT ->
          new TextSource(
              path,
              slots,
              modelFile.orElseThrow(
                  () ->
                      BadData.of(
                          "text:%s needs the folder of the model's tokenizer".formatted(path))),
              limit);
    };
  }

  /** The first input that does not follow from others. */
  private static InputSlot bytes(List<InputSlot> slots) {
    return slots.stream()
        .filter(slot -> SampleCursor.findDerived(slot).isEmpty())
        .findFirst()
        .orElse(slots.get(0));
  }

  /** The first input of floats. */
  private static InputSlot waveform(List<InputSlot> slots) {
    return slots.stream().filter(InputSlot::isFloat).findFirst().orElse(slots.get(0));
  }

  /** The first input that can take pictures. */
  private static InputSlot picture(List<InputSlot> slots) {
    return slots.stream().filter(slot -> slot.rank() >= 2).findFirst().orElse(slots.get(0));
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT)
        + ":"
        + path
        + order.map(o -> ":" + o).orElse("")
        + range.map(r -> ":" + r).orElse("")
        + (limit == ALL ? "" : ":" + limit);
  }
}
