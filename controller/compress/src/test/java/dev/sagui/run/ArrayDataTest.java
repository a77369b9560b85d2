/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The archives under test/resources were written by NumPy: arange(12) as [3, 2, 2]. */
class ArrayDataTest {
  private static final Path NUMPY = Path.of("src/test/resources/dev/sagui/run/source");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "plain,FLOAT",
    "fortran,FLOAT",
    "big,FLOAT",
    "half,FLOAT",
    "big,DOUBLE",
    "half,FLOAT16",
    "ints,INT64",
    "bigints,INT64",
    "bytes,UINT8",
    "fortranbig,INT32",
    "ints,INT8"
  })
  void readsWhatNumpyWrote(String array, String type) {
    for (String archive : List.of("numpy-stored.npz", "numpy-deflated.npz")) {
      ModelFacts facts = Inputs.facts(array + ":" + type + ":n,2,2");
      Samples samples = Samples.of(facts, DataSpec.parse("npz:" + NUMPY.resolve(archive)));
      Tensor all = samples.first(3).get(0);
      assertEquals(List.of(3L, 2L, 2L), all.shape());
      assertEquals(3, samples.count());
      for (int i = 0; i < 12; i++) {
        assertEquals(i, number(all, i), archive);
      }
    }
  }

  @Test
  void readsEveryVersionOfTheFormat() {
    for (String version : List.of("v1", "v2", "v3")) {
      ModelFacts facts = Inputs.facts(version + ":FLOAT:n,2,2");
      Samples samples =
          Samples.of(facts, DataSpec.parse("npz:" + NUMPY.resolve("numpy-versions.npz")));
      assertEquals(11, number(samples.first(3).get(0), 11));
    }
  }

  @Test
  void boolsGoIntoBoolsAndIntegers() {
    for (String type : List.of("BOOL", "INT64")) {
      Tensor all = samples("numpy-stored.npz", "bools:" + type + ":n,2,2").first(3).get(0);
      assertEquals(0, number(all, 0));
      assertEquals(1, number(all, 1));
    }
  }

  @Test
  void limitTakesTheFirst() {
    Samples samples =
        Samples.of(
            Inputs.facts("plain:FLOAT:n,2,2"),
            DataSpec.parse("npz:" + NUMPY.resolve("numpy-stored.npz") + ":2"));
    assertEquals(2, samples.count());
    assertEquals(List.of(2L, 2L, 2L), samples.first(9).get(0).shape());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain:FLOAT:n,3,2 | samples of shape [3, 2]",
        "plain:FLOAT:n,4 | 2 dimensions with the samples first",
        "plain:INT64:n,2,2 | takes integer elements",
        "ints:FLOAT:n,2,2 | takes floating point elements",
        "nope:FLOAT:n,2,2 | expected arrays named [nope]",
        "ints:BOOL:n,2,2 | holds 2, which BOOL cannot hold"
      })
  void arraysThatDoNotFitAreRefusedInOneSentence(String input, String sentence) {
    RejectedException e =
        assertThrows(RejectedException.class, () -> samples("numpy-stored.npz", input).first(3));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  @Test
  void damagedArchivesAreRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(NUMPY.resolve("numpy-stored.npz"));
    Path cut = Files.write(folder.resolve("cut.npz"), java.util.Arrays.copyOf(bytes, 900));
    RejectedException e =
        assertThrows(RejectedException.class, () -> open(cut, "plain:FLOAT:n,2,2"));
    assertTrue(e.getMessage().contains("an .npz archive in"), e.getMessage());
    assertThrows(
        RejectedException.class, () -> open(folder.resolve("none.npz"), "plain:FLOAT:n,2,2"));
  }

  @Test
  void elementThatDoesNotMatchTheChecksumIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(NUMPY.resolve("numpy-stored.npz"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("}", text.indexOf("plain.npy")) + 60] ^= 1;
    Path flipped = Files.write(folder.resolve("flipped.npz"), bytes);
    RejectedException e =
        assertThrows(RejectedException.class, () -> open(flipped, "plain:FLOAT:n,2,2").first(3));
    assertTrue(e.getMessage().contains("checksum"), e.getMessage());
  }

  @Test
  void fileThatDeclaresTenGigabytesIsRefused() throws IOException {
    npy("z", "<f4", false, "(100000, 32, 800)", new byte[64]);
    RejectedException e =
        assertThrows(RejectedException.class, () -> open(folder, "z:FLOAT:n,32,800"));
    assertTrue(e.getMessage().contains("is it complete?"), e.getMessage());
    npy("z", "<f4", false, "(1, 999999999999)", new byte[64]);
    assertThrows(RejectedException.class, () -> open(folder, "z:FLOAT:n,w"));
    npy("z", "<f4", false, "(999999999, 0)", new byte[64]);
    assertThrows(RejectedException.class, () -> open(folder, "z:FLOAT:n,w"));
  }

  @Test
  void filesThatAreNotPlainNumbersAreRefused() throws IOException {
    npy("z", "|O", false, "(1, 2)", new byte[64]);
    assertThrows(RejectedException.class, () -> open(folder, "z:FLOAT:n,2"));
    Files.write(folder.resolve("z.npy"), new byte[3]);
    assertThrows(RejectedException.class, () -> open(folder, "z:FLOAT:n,2"));
    Files.delete(folder.resolve("z.npy"));
    RejectedException e = assertThrows(RejectedException.class, () -> open(folder, "z:FLOAT:n,2"));
    assertTrue(e.getMessage().contains("found no .npy file"), e.getMessage());
  }

  @Test
  void folderServesAnArrayForEachInput() throws IOException {
    npy("z", ">f4", false, "(2, 2)", bytes(1f, 2f, 3f, 4f));
    npy("scales", ">f4", false, "(3,)", bytes(0.5f, 1f, 2f));
    ModelFacts facts = Inputs.facts("z:FLOAT:n,2", "scales:FLOAT:3");
    List<Tensor> all = Samples.of(facts, DataSpec.parse("npy:" + folder)).first(1);
    assertArrayEquals(new float[] {1, 2}, all.get(0).floats());
    assertArrayEquals(new float[] {0.5f, 1, 2}, all.get(1).floats());
  }

  @Test
  void oneArrayIsANamedInputsWhateverItsName() throws IOException {
    npy("arr_0", ">f4", false, "(2, 2)", bytes(1f, 2f, 3f, 4f));
    ModelFacts facts = Inputs.facts("z:FLOAT:n,2", "w:FLOAT:n,2");
    Map<String, DataSpec> specs =
        Map.of(
            "z", DataSpec.parse("npy:" + folder.resolve("arr_0.npy")),
            "w", DataSpec.parse("latent:normal:0:5"));
    Samples samples = Samples.of(facts, specs);
    assertEquals(2, samples.count());
    assertArrayEquals(new float[] {1, 2, 3, 4}, samples.first(2).get(0).floats());
  }

  @Test
  void batchesJoinToTheWhole() {
    Samples samples = samples("numpy-deflated.npz", "fortran:FLOAT:2,2,2");
    List<float[]> batches = new ArrayList<>();
    samples.forEachBatch(batch -> batches.add(batch.get(0).floats()));
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, batches.get(0));
    assertArrayEquals(new float[] {8, 9, 10, 11, 8, 9, 10, 11}, batches.get(1));
  }

  private static Samples samples(String archive, String... inputs) {
    return Samples.of(Inputs.facts(inputs), DataSpec.parse("npz:" + NUMPY.resolve(archive)));
  }

  private static Samples open(Path path, String input) {
    String kind = Files.isDirectory(path) ? "npy:" : "npz:";
    return Samples.of(Inputs.facts(input), DataSpec.parse(kind + path));
  }

  private void npy(String name, String descr, boolean fortran, String shape, byte[] data)
      throws IOException {
    String head =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
            .formatted(descr, fortran ? "True" : "False", shape);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) head.length(), 0});
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(data);
    Files.write(folder.resolve(name + ".npy"), bytes.toByteArray());
  }

  private static byte[] bytes(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  private static double number(Tensor tensor, int index) {
    ByteBuffer data = tensor.data();
    return switch (tensor.type()) {
      case FP32 -> data.getFloat(4 * index);
      case FP64 -> data.getDouble(8 * index);
      case FP16 -> dev.sagui.onnx.Half.toFloat(data.getShort(2 * index));
      case INT64 -> data.getLong(8 * index);
      case INT32 -> data.getInt(4 * index);
      case INT16 -> data.getShort(2 * index);
      case INT8, UINT8, BOOL -> data.get(index);
    };
  }
}
