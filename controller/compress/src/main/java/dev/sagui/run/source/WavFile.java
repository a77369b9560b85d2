/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A WAV file (RIFF WAVE, Microsoft and IBM 1991) of PCM with 8, 16, 24 or 32 bits, or of float32.
 *
 * @param rate hertz
 * @param offset of the first frame in the file
 * @param frames a value of each channel
 */
record WavFile(
    Path path, int rate, int channels, int bits, boolean isFloat, long offset, long frames) {
  private static final int RIFF = 0x46464952;
  private static final int WAVE = 0x45564157;
  private static final int FORMAT = 0x20746d66;
  private static final int DATA = 0x61746164;
  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;
  private static final int MOST_CHANNELS = 64;

  /**
   * Reads the head.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when it is no such file
   */
  static WavFile of(Path path) {
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer head = read(in, 0, 12);
      if (head.getInt(0) != RIFF || head.getInt(8) != WAVE) {
        throw BadData.of("expected a WAV file in %s, found other bytes".formatted(path));
      }
      ByteBuffer format = ByteBuffer.allocate(0);
      for (long at = 12; at + 8 <= in.size(); ) {
        ByteBuffer chunk = read(in, at, 8);
        long size = chunk.getInt(4) & 0xFFFFFFFFL;
        if (chunk.getInt(0) == FORMAT) {
          format = read(in, at + 8, (int) Math.min(size, 40));
        } else if (chunk.getInt(0) == DATA) {
          return of(path, format, at + 8, Math.min(size, in.size() - at - 8));
        }
        at += 8 + size + size % 2;
      }
      throw BadData.of("%s ends before its sound; is the file complete?".formatted(path));
    } catch (IOException e) {
      throw BadData.unreadable(path, "a WAV file", e);
    }
  }

  private static WavFile of(Path path, ByteBuffer format, long offset, long bytes) {
    if (format.capacity() < 16) {
      throw BadData.of("%s has no format before its sound".formatted(path));
    }
    int kind = format.getShort(0) & 0xFFFF;
    if (kind == EXTENSIBLE && format.capacity() >= 26) {
      kind = format.getShort(24) & 0xFFFF;
    }
    int channels = format.getShort(2) & 0xFFFF;
    int bits = format.getShort(14) & 0xFFFF;
    boolean whole = kind == PCM && (bits == 8 || bits == 16 || bits == 24 || bits == 32);
    if (!(whole || (kind == IEEE_FLOAT && bits == 32))
        || channels < 1
        || channels > MOST_CHANNELS) {
      throw BadData.of(
          "%s is WAV of kind %d with %d bits and %d channels, expected PCM of 8 to 32 bits or float32; convert it"
              .formatted(path, kind, bits, channels));
    }
    long frame = (long) channels * bits / 8;
    return new WavFile(
        path, format.getInt(4), channels, bits, kind == IEEE_FLOAT, offset, bytes / frame);
  }

  private static ByteBuffer read(FileChannel in, long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (in.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException("it ends early");
      }
    }
    return buffer.flip();
  }

  /** Some frames, channels averaged, in −1..1. */
  float[] mono(long from, int count) {
    int frame = channels * bits / 8;
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer bytes = read(in, offset + from * frame, Math.multiplyExact(count, frame));
      float[] mono = new float[count];
      for (int i = 0; i < count; i++) {
        double sum = 0;
        for (int channel = 0; channel < channels; channel++) {
          sum += value(bytes);
        }
        mono[i] = (float) (sum / channels);
      }
      return mono;
    } catch (IOException e) {
      throw BadData.unreadable(path, "a WAV file", e);
    }
  }

  private double value(ByteBuffer bytes) {
    return switch (bits) {
      case 8 -> ((bytes.get() & 0xFF) - 128) / 128.0;
      case 16 -> bytes.getShort() / 32768.0;
      case 24 -> ((bytes.get() & 0xFF) | (bytes.getShort() << 8)) / 8388608.0;
      default -> isFloat ? bytes.getFloat() : bytes.getInt() / 2147483648.0;
    };
  }
}
