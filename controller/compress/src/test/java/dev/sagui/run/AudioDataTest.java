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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waveforms from WAV files that the JDK wrote. */
class AudioDataTest {
  @TempDir Path folder;

  private Path write(String name, int rate, int bits, int channels, double... values)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      long level = Math.round(value * (1L << (bits - 1)));
      for (int shift = 0; shift < bits; shift += 8) {
        bytes.put((byte) ((bits == 8 ? level + 128 : level) >> shift));
      }
    }
    AudioFormat format = new AudioFormat(rate, bits, channels, bits > 8, false);
    Path file = folder.resolve(name);
    AudioInputStream in =
        new AudioInputStream(
            new ByteArrayInputStream(bytes.array()), format, values.length / channels);
    AudioSystem.write(in, AudioFileFormat.Type.WAVE, file.toFile());
    return file;
  }

  private List<float[]> samples(Path path, String input, String options) {
    Samples samples = Samples.of(Inputs.facts(input), DataSpec.parse("audio:" + path + options));
    List<float[]> all = new ArrayList<>();
    samples.inBatchesOf(1).forEachBatch(batch -> all.add(batch.get(0).floats()));
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 24, 32})
  void everyDepthGivesTheSameWave(int bits) throws IOException {
    Path file = write("a.wav", 8000, bits, 1, 0, 0.5, -0.5, 0.25);
    float[] wave = samples(file, "x:FLOAT:n,t", "").get(0);
    assertArrayEquals(new float[] {0, 0.5f, -0.5f, 0.25f}, wave, 1e-2f);
  }

  @Test
  void channelsAreAveraged() throws IOException {
    Path file = write("a.wav", 8000, 16, 2, 0.5, 0, -0.5, -0.25);
    assertArrayEquals(
        new float[] {0.25f, -0.375f}, samples(file, "x:FLOAT:n,1,t", "").get(0), 1e-4f);
  }

  @Test
  void longFilesAreCutToTheModelsLength() throws IOException {
    write("b.wav", 8000, 16, 1, 0.5, 0.5, 0.5);
    write("a.wav", 8000, 16, 1, 0, 0, 0.25, 0.25, 0.75);
    List<float[]> pieces = samples(folder, "x:FLOAT:n,2", "");
    assertEquals(3, pieces.size());
    assertArrayEquals(new float[] {0.25f, 0.25f}, pieces.get(1), 1e-4f);
    assertArrayEquals(new float[] {0.5f, 0.5f}, pieces.get(2), 1e-4f);
    assertEquals(2, samples(folder, "x:FLOAT:n,2", ":2").size());
  }

  @Test
  void refusesTwoRates() throws IOException {
    write("a.wav", 8000, 16, 1, 0, 0);
    write("b.wav", 16000, 16, 1, 0, 0);
    RejectedException refused =
        assertThrows(RejectedException.class, () -> samples(folder, "x:FLOAT:n,2", ""));
    assertTrue(refused.getMessage().contains("found 8000 Hz"), refused.getMessage());
  }

  @Test
  void refusesWhatIsNoSound() throws IOException {
    Path file = Files.writeString(folder.resolve("a.wav"), "a text that is longer than a head");
    RejectedException refused =
        assertThrows(RejectedException.class, () -> samples(file, "x:FLOAT:n,2", ""));
    assertTrue(refused.getMessage().contains("found other bytes"), refused.getMessage());
  }
}
