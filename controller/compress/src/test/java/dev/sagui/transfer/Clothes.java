/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Fashion-MNIST (Xiao et al. 2017) as Debian's package dataset-fashion-mnist has it. */
final class Clothes {
  private static final Path FOLDER = Path.of("/usr/share/datasets/fashion-mnist");
  private static final int PIXELS = 784;

  private Clothes() {}

  static boolean areThere() {
    return Files.exists(FOLDER.resolve("train-images-idx3-ubyte.gz"));
  }

  /**
   * Writes pictures of some classes, counted anew from 0, as {@code FOLDER/NAME-images.idx} and
   * {@code FOLDER/NAME-labels.idx}.
   *
   * @param from pictures of each class that are left out first
   * @param each pictures of each class
   */
  static void write(Path folder, String name, List<Integer> classes, int from, int each)
      throws IOException {
    byte[] pictures = read("train-images-idx3-ubyte.gz", 16);
    byte[] labels = read("train-labels-idx1-ubyte.gz", 8);
    int[] seen = new int[classes.size()];
    ByteArrayOutputStream chosen = new ByteArrayOutputStream();
    ByteArrayOutputStream theirs = new ByteArrayOutputStream();
    for (int i = 0; i < labels.length; i++) {
      int index = classes.indexOf((int) labels[i]);
      if (index >= 0 && seen[index]++ >= from && seen[index] <= from + each) {
        chosen.write(pictures, i * PIXELS, PIXELS);
        theirs.write(index);
      }
    }
    write(folder.resolve(name + "-images.idx"), chosen, theirs.size(), 28, 28);
    write(folder.resolve(name + "-labels.idx"), theirs, theirs.size());
  }

  private static byte[] read(String name, int head) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(FOLDER.resolve(name)))) {
      in.skipNBytes(head);
      return in.readAllBytes();
    }
  }

  private static void write(Path file, ByteArrayOutputStream bytes, int... dims)
      throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      out.writeInt(0x800 + dims.length);
      for (int dim : dims) {
        out.writeInt(dim);
      }
      bytes.writeTo(out);
    }
  }
}
