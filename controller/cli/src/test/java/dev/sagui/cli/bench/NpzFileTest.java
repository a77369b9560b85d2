/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.tensor.Tensor;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NpzFileTest {
  @Test
  void writesASampleARowAfterNumPysHead(@TempDir Path folder) throws IOException {
    List<List<Tensor>> samples = List.of(sample(1, 2), sample(3, 4), sample(5, 6));
    Path file = NpzFile.write(folder.resolve("a.npz"), samples);
    try (ZipFile zip = new ZipFile(file.toFile());
        DataInputStream in = new DataInputStream(zip.getInputStream(zip.getEntry("z.npy")))) {
      byte[] head = in.readNBytes(128);
      String text = new String(head, 10, 118, StandardCharsets.US_ASCII);
      assertEquals(
          "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2,), }", text.stripTrailing());
      assertEquals('\n', head[127]);
      assertEquals(118, head[8]);
      float[] values = new float[6];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.intBitsToFloat(Integer.reverseBytes(in.readInt()));
      }
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, values);
      assertEquals(-1, in.read());
    }
  }

  @Test
  void cutsARunIntoRunsOfFewerSamples() {
    List<Tensor> run = List.of(Tensor.of("z", new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    List<List<Tensor>> runs = QuantizeRuns.split(run, 2);
    assertEquals(List.of(2L, 2L), runs.get(0).get(0).shape());
    assertArrayEquals(new float[] {5, 6}, runs.get(1).get(0).floats());
  }

  private static List<Tensor> sample(float... values) {
    return List.of(Tensor.of("z", values, 1, values.length));
  }
}
