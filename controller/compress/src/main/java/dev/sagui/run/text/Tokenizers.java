/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the tokenizer beside a model: a Piper voice's {@code MODEL.onnx.json}, a {@code
 * tokenizer.json}, BERT's {@code vocab.txt}; without any of them UTF-8 bytes are ids.
 */
public final class Tokenizers {
  private static final long MAX_BYTES = 64_000_000;
  private static final String DESCRIBED = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String CONFIG = "tokenizer_config.json";
  private static final int BERT_TOKENS = 512;

  private Tokenizers() {}

  /**
   * @throws RejectedException BAD_REQUEST for a tokenizer of another kind than those
   */
  public static Tokenizer beside(Path modelFile) {
    Path folder = Objects.requireNonNull(modelFile.toAbsolutePath().getParent());
    Path voice = folder.resolve(modelFile.getFileName() + ".json");
    try {
      if (Files.isRegularFile(voice)) {
        Fields config = Fields.parse(bytes(voice));
        if (config.has("phoneme_id_map")) {
          return new Phonemes(config.object("phoneme_id_map"));
        }
      }
      Optional<Path> described = described(folder);
      if (described.isPresent()) {
        return TokenizerFile.read(described.get(), bytes(described.get()));
      }
      Path vocabulary = folder.resolve(VOCABULARY);
      return Files.isRegularFile(vocabulary) ? plain(vocabulary) : new Utf8Bytes();
    } catch (IOException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "the tokenizer in %s cannot be read: %s".formatted(folder, e.getMessage()),
          e);
    }
  }

  /** The files of the tokenizer beside a model, by their names; a voice's is the model's own. */
  public static Map<String, byte[]> files(Path modelFile) throws IOException {
    Path folder = Objects.requireNonNull(modelFile.toAbsolutePath().getParent());
    Map<String, byte[]> files = new LinkedHashMap<>();
    Optional<Path> described = described(folder);
    if (described.isPresent()) {
      files.put(DESCRIBED, bytes(described.get()));
    }
    for (String name : List.of(VOCABULARY, CONFIG)) {
      if (Files.isRegularFile(folder.resolve(name))) {
        files.put(name, bytes(folder.resolve(name)));
      }
    }
    return files;
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("%s has more than %,d bytes".formatted(file, MAX_BYTES));
    }
    return Files.readAllBytes(file);
  }

  /** {@code tokenizer.json}, or the only file whose name ends so. */
  private static Optional<Path> described(Path folder) throws IOException {
    Path exact = folder.resolve(DESCRIBED);
    if (Files.isRegularFile(exact)) {
      return Optional.of(exact);
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> found = entries.filter(e -> e.toString().endsWith("-tokenizer.json")).toList();
      return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
  }

  static boolean flag(Fields fields, String key, boolean usual) {
    return fields.has(key) ? fields.flag(key) : usual;
  }

  /** One token a line; {@code tokenizer_config.json} says whether case matters. */
  private static Tokenizer plain(Path file) throws IOException {
    Map<String, Integer> vocabulary = new HashMap<>();
    for (String token : Files.readAllLines(file)) {
      vocabulary.put(token.strip(), vocabulary.size());
    }
    Path config = file.resolveSibling(CONFIG);
    boolean lowercase =
        !Files.isRegularFile(config) || flag(Fields.parse(bytes(config)), "do_lower_case", true);
    return new WordPiece(vocabulary, new BertWords(lowercase, lowercase, true), BERT_TOKENS, file);
  }
}
