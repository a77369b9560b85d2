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
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureDataTest {
  @TempDir Path folder;

  @Test
  void pixelsLieAsTheModelWantsThem() throws IOException {
    picture("a.png", 2, 1, 0xFFFF0000, 0xFF0000FF);
    float[] planar = images("x:FLOAT:n,3,1,2", "").first(1).get(0).floats();
    assertArrayEquals(new float[] {1, 0, 0, 0, 0, 1}, planar);
    float[] pixels = images("x:FLOAT:n,1,2,3", ":nhwc:-1..1").first(1).get(0).floats();
    assertArrayEquals(new float[] {1, -1, -1, -1, -1, 1}, pixels);
    Tensor bytes = images("x:UINT8:n,1,2,3", ":nhwc").first(1).get(0);
    assertEquals((byte) 255, bytes.data().get(0));
    float[] luma = images("x:FLOAT:n,1,1,2", "").first(1).get(0).floats();
    assertArrayEquals(new float[] {0.299f, 0.114f}, luma, 1e-6f);
  }

  @Test
  void transparentPixelsAreWhite() throws IOException {
    picture("a.png", 1, 1, 0x00123456);
    assertArrayEquals(
        new float[] {1, 1, 1}, images("x:FLOAT:n,3,1,1", "").first(1).get(0).floats());
  }

  @Test
  void greyLevelsAreNotBent() throws IOException {
    Files.copy(
        Path.of("src/test/resources/dev/sagui/run/source/grey.png"), folder.resolve("g.png"));
    float[] levels = images("x:FLOAT:n,1,5,7", ":0..255").first(1).get(0).floats();
    for (int i = 0; i < 35; i++) {
      assertEquals(7 * i, levels[i], 1e-4);
    }
  }

  /** The numbers are Pillow's: Image.resize(…, BILINEAR) of the same picture as floats. */
  @Test
  void resizesAsPillowDoes() throws IOException {
    Files.copy(
        Path.of("src/test/resources/dev/sagui/run/source/grey.png"), folder.resolve("g.png"));
    float[] small = images("x:FLOAT:n,1,2,3", ":0..255").first(1).get(0).floats();
    assertArrayEquals(new float[] {55, 70, 85, 153, 168, 183}, small, 1e-3f);
    float[] large = images("x:FLOAT:n,1,8,9", ":0..255").first(1).get(0).floats();
    float[] firstRow = {0, 4.667f, 10.111f, 15.556f, 21, 26.444f, 31.889f, 37.333f, 42};
    assertArrayEquals(firstRow, Arrays.copyOf(large, 9), 1e-3f);
  }

  @Test
  void freeSizesAreThePicturesOwnOneABatch() throws IOException {
    picture("a.png", 2, 1, 0xFF000000, 0xFF000000);
    picture("b.PNG", 1, 2, 0xFF000000, 0xFF000000);
    List<List<Long>> shapes = new ArrayList<>();
    images("x:FLOAT:n,3,h,w", "").forEachBatch(batch -> shapes.add(batch.get(0).shape()));
    assertEquals(List.of(List.of(1L, 3L, 1L, 2L), List.of(1L, 3L, 2L, 1L)), shapes);
    assertEquals(List.of(1L, 1L, 2L, 3L), images("x:FLOAT:1,h,w,3", "").first(1).get(0).shape());
    assertEquals(
        List.of(1L, 1L, 2L, 3L), images("x:FLOAT:n,h,w,c", ":nhwc").first(1).get(0).shape());
    assertEquals(List.of(3L, 1L, 2L), images("x:FLOAT:3,h,w", "").first(1).get(0).shape());
  }

  @Test
  void picturesThatCannotServeAreRefusedInOneSentence() throws IOException {
    refused("x:FLOAT:n,3,h,w", "found 0 other files");
    Files.writeString(folder.resolve("readme.txt"), "no picture");
    refused("x:FLOAT:n,3,h,w", "found 1 other files");
    Files.writeString(folder.resolve("a.png"), "no picture");
    refused("x:FLOAT:n,3,h,w", "a.png, found other bytes");
    refused("x:FLOAT:n,32", "cannot take pictures");
    refused("x:FLOAT:n,4,h,w", "has 4 channels");
    refused("x:FLOAT:n,c,h,w", "say :nchw or :nhwc");
    Files.copy(
        Path.of("src/test/resources/dev/sagui/run/source/cmyk.jpg"), folder.resolve("0.jpg"));
    refused("x:FLOAT:n,3,h,w", "is a CMYK picture");
    Files.delete(folder.resolve("0.jpg"));
    byte[] png = ImageBytes.png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB));
    Files.write(folder.resolve("a.png"), Arrays.copyOf(png, png.length / 2));
    refused("x:FLOAT:n,3,h,w", "cannot be read");
    png[16] = 0x7F;
    png[20] = 0x7F;
    Files.write(folder.resolve("a.png"), png);
    refused("x:FLOAT:n,3,h,w", "pixels");
  }

  @Test
  void idxTakesTheInputsShape() throws IOException {
    byte[] idx = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, (byte) 255, 51, 102};
    Path plain = Files.write(folder.resolve("a.idx"), idx);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(idx);
    }
    Path gz = Files.write(folder.resolve("a.gz"), zipped.toByteArray());
    for (String shape : List.of("n,1,2", "n,2", "n,1,1,2", "n,h,w", "n,1,h,w")) {
      for (Path file : List.of(plain, gz)) {
        ModelFacts facts = Inputs.facts("x:FLOAT:" + shape);
        Samples samples = Samples.of(facts, DataSpec.parse("idx:" + file));
        assertArrayEquals(new float[] {0, 1, 0.2f, 0.4f}, samples.first(2).get(0).floats());
      }
    }
    Samples bytes = Samples.of(Inputs.facts("x:INT64:n,2"), DataSpec.parse("idx:" + gz + ":1"));
    assertEquals(255, bytes.first(2).get(0).data().getLong(8));
  }

  @Test
  void idxThatDoesNotFitIsRefused() throws IOException {
    byte[] idx = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 2};
    Path file = Files.write(folder.resolve("a.idx"), idx);
    DataSpec spec = DataSpec.parse("idx:" + file);
    assertThrows(RejectedException.class, () -> Samples.of(Inputs.facts("x:FLOAT:n,3"), spec));
    Samples samples = Samples.of(Inputs.facts("x:FLOAT:n,2"), spec);
    RejectedException e = assertThrows(RejectedException.class, () -> samples.first(2));
    assertTrue(e.getMessage().contains("ends before all samples"), e.getMessage());
    idx[2] = 13;
    Files.write(file, idx);
    assertThrows(RejectedException.class, () -> Samples.of(Inputs.facts("x:FLOAT:n,2"), spec));
    Files.write(file, new byte[] {0x1F, (byte) 0x8B, 1});
    assertThrows(RejectedException.class, () -> Samples.of(Inputs.facts("x:FLOAT:n,2"), spec));
  }

  private void refused(String input, String sentence) {
    RejectedException e = assertThrows(RejectedException.class, () -> images(input, "").first(1));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  private Samples images(String input, String options) {
    return Samples.of(Inputs.facts(input), DataSpec.parse("images:" + folder + options));
  }

  private void picture(String name, int width, int height, int... argb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, width, height, argb, 0, width);
    Files.write(folder.resolve(name), ImageBytes.png(image));
  }

  private static final class ImageBytes {
    static byte[] png(BufferedImage image) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    }
  }
}
