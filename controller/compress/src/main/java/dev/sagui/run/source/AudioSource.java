/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * WAV files, one or those of a folder in the order of their names, mixed down to one channel. Where
 * the model fixes the length of a waveform each file is cut into pieces of that length and what is
 * left over at its end is not used; else each file is a sample.
 */
public final class AudioSource implements SampleSource {
  private record Piece(WavFile file, long from, int length) {}

  private final InputSlot slot;
  private final List<Piece> pieces = new ArrayList<>();
  private final int count;
  private int position;

  /**
   * @param path a file or a folder
   */
  public AudioSource(Path path, InputSlot slot, int limit) {
    if (!slot.isFloat() || slot.rank() < 1) {
      throw BadData.of("%s takes no waveform, which is float32 [length]".formatted(slot));
    }
    this.slot = slot;
    List<WavFile> files = files(path).stream().map(WavFile::of).toList();
    for (WavFile file : files) {
      if (file.rate() != files.get(0).rate()) {
        throw BadData.of(
            "expected WAV files of one rate in %s, found %d Hz in %s and %d Hz in %s; convert them"
                .formatted(
                    path, files.get(0).rate(), files.get(0).path(), file.rate(), file.path()));
      }
      cut(file);
    }
    if (pieces.isEmpty()) {
      throw BadData.of(
          "%s takes waveforms of %d values, none in %s is that long"
              .formatted(slot, length(), path));
    }
    this.count = SampleSource.bounded(pieces.size(), limit, path);
  }

  private static List<Path> files(Path path) {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (!Files.isDirectory(path)) {
      throw BadData.missing("a WAV file or a folder of them", path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> waves =
          entries.filter(e -> e.toString().toLowerCase(Locale.ROOT).endsWith(".wav")).toList();
      if (waves.isEmpty()) {
        throw BadData.of("expected .wav files in %s, found none".formatted(path));
      }
      return waves.stream().sorted().toList();
    } catch (IOException e) {
      throw BadData.unreadable(path, "a folder of WAV files", e);
    }
  }

  /** Of a waveform; -1 where the model leaves it free. */
  private long length() {
    return slot.shape().get(slot.rank() - 1);
  }

  private void cut(WavFile file) {
    boolean free = length() < 0;
    long length = free ? file.frames() : length();
    if (length > InputSlot.MAX_ELEMENTS) {
      throw BadData.of(
          "%s is %,d values long, at most %,d are taken; cut it"
              .formatted(file.path(), length, InputSlot.MAX_ELEMENTS));
    }
    long end = free ? Math.min(1, length) : file.frames() / length;
    for (long i = 0; i < end; i++) {
      pieces.add(new Piece(file, i * length, (int) length));
    }
  }

  @Override
  public List<String> inputs() {
    return List.of(slot.name());
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public boolean isUniform() {
    return pieces.stream().allMatch(piece -> piece.length() == pieces.get(0).length());
  }

  @Override
  public List<Tensor> next() {
    Piece piece = pieces.get(position++);
    List<Long> shape = new ArrayList<>(slot.filled(1));
    shape.set(slot.rank() - 1, (long) piece.length());
    if (slot.elements(shape) != piece.length()) {
      throw BadData.of("%s takes more than one waveform a sample".formatted(slot));
    }
    ByteBuffer data = Elements.buffer(slot.type(), piece.length());
    for (float value : piece.file().mono(piece.from(), piece.length())) {
      Elements.put(data, slot.type(), value);
    }
    return List.of(new Tensor(slot.name(), slot.type(), shape, data.flip()));
  }

  @Override
  public void close() {}
}
