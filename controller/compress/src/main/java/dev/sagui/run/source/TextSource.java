/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.run.text.Tokenizer;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lines of a UTF-8 file as token ids, with attention mask and token types where the model has
 * such inputs. Blank lines are skipped. A sequence takes the model's length when that is fixed, cut
 * or padded, else its own, cut to the model's context and to what the tokenizer says.
 */
public final class TextSource implements SampleSource {
  private static final int MAX_LINE = 1 << 20;
  private static final List<String> ID_NAMES =
      List.of("input_ids", "input", "ids", "tokens", "token_ids", "input_tokens");

  private final Path file;
  private final Tokenizer tokenizer;
  private final InputSlot ids;
  private final List<InputSlot> companions;
  private final int count;
  private final BufferedReader reader;

  /**
   * @param modelFile the tokenizer is looked for beside it
   */
  public TextSource(Path file, List<InputSlot> slots, Path modelFile, int limit) {
    this.file = file;
    this.ids = ids(slots);
    this.companions =
        slots.stream().filter(s -> !s.equals(ids) && (isMask(s) || isTypes(s))).toList();
    this.tokenizer = Tokenizers.beside(modelFile);
    if (!Files.isRegularFile(file)) {
      throw BadData.missing("a text file", file);
    }
    this.count = SampleSource.bounded(lines(limit), limit, file);
    this.reader = open();
  }

  private static InputSlot ids(List<InputSlot> slots) {
    List<InputSlot> sequences =
        slots.stream().filter(s -> !s.isFloat() && s.rank() == 1 && !isMask(s)).toList();
    Optional<InputSlot> named =
        sequences.stream()
            .filter(s -> ID_NAMES.contains(s.name().toLowerCase(Locale.ROOT)))
            .findFirst();
    return named
        .or(() -> sequences.stream().filter(s -> !isTypes(s)).findFirst())
        .orElseThrow(
            () ->
                BadData.of(
                    "expected an integer input [batch, length] for text, got %s".formatted(slots)));
  }

  private static boolean isMask(InputSlot slot) {
    return slot.name().endsWith("attention_mask") || slot.name().equals("input_mask");
  }

  private static boolean isTypes(InputSlot slot) {
    return slot.name().equals("token_type_ids") || slot.name().equals("segment_ids");
  }

  private BufferedReader open() {
    try {
      return Files.newBufferedReader(file);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private long lines(int limit) {
    long lines = 0;
    try (BufferedReader in = open()) {
      while (lines < limit && line(in).isPresent()) {
        lines++;
      }
      return lines;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** The next line that is not blank. */
  private Optional<String> line(BufferedReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c != '\n') {
        line.append((char) c);
      } else if (!line.toString().isBlank()) {
        break;
      } else {
        line.setLength(0);
      }
      if (line.length() > MAX_LINE) {
        throw BadData.of("a line of %s has more than %,d characters".formatted(file, MAX_LINE));
      }
    }
    return line.toString().isBlank() ? Optional.empty() : Optional.of(line.toString().strip());
  }

  @Override
  public List<String> inputs() {
    return Stream.concat(Stream.of(ids), companions.stream()).map(InputSlot::name).toList();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public boolean isUniform() {
    return ids.isFixed();
  }

  @Override
  public List<Tensor> next() {
    try {
      return tensors(line(reader).orElseThrow(() -> new IOException("it became shorter")));
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private List<Tensor> tensors(String line) {
    long fixed = ids.shape().get(0);
    int most = Math.min(tokenizer.maxTokens(), ids.context().orElse(Integer.MAX_VALUE));
    int max = fixed < 0 ? most : (int) fixed;
    long[] tokens = tokenizer.encode(line, max);
    int length = fixed < 0 ? tokens.length : max;
    long[] padded = Arrays.copyOf(tokens, length);
    long[] mask = new long[length];
    for (int i = 0; i < length; i++) {
      padded[i] = i < tokens.length ? tokens[i] : tokenizer.padding();
      mask[i] = i < tokens.length ? 1 : 0;
    }
    List<Tensor> sample = new ArrayList<>();
    sample.add(sequence(ids, padded));
    for (InputSlot slot : companions) {
      sample.add(sequence(slot, isMask(slot) ? mask : new long[length]));
    }
    return sample;
  }

  private static Tensor sequence(InputSlot slot, long[] values) {
    return Elements.integers(slot.name(), slot.type(), values, List.of((long) values.length));
  }

  private RuntimeException broken(IOException e) {
    IOException told =
        e instanceof CharacterCodingException ? new IOException("it is not UTF-8") : e;
    return BadData.unreadable(file, "UTF-8 text", told);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw broken(e);
    }
  }
}
