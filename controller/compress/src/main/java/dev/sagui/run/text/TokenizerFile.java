/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;

/**
 * A {@code tokenizer.json} of Hugging Face's tokenizers: WordPiece as BERT has it, and byte-level
 * BPE. Special tokens that stand in the text itself are taken as plain text.
 */
final class TokenizerFile {
  private static final int USUAL_TOKENS = 512;

  private final Path file;
  private final Fields root;
  private final Fields model;

  private TokenizerFile(Path file, Fields root) {
    this.file = file;
    this.root = root;
    this.model = root.object("model");
  }

  /**
   * @param json the file's bytes
   * @throws RejectedException BAD_REQUEST for a tokenizer of another kind
   */
  static Tokenizer read(Path file, byte[] json) {
    TokenizerFile read = new TokenizerFile(file, Fields.parse(json));
    String type = read.model.findString("type").orElse("unnamed");
    return switch (type) {
      case "WordPiece" -> read.wordPiece();
      case "BPE" -> read.bytePairs();
      default -> throw read.unknown("type " + type);
    };
  }

  private RejectedException unknown(String what) {
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "%s has %s, expected WordPiece or byte-level BPE; give token ids as npz:FILE"
            .formatted(file, what));
  }

  private Map<String, Integer> vocabulary() {
    Fields entries = model.object("vocab");
    Map<String, Integer> vocabulary = new HashMap<>();
    entries.keys().forEach(token -> vocabulary.put(token, (int) entries.integer(token)));
    return vocabulary;
  }

  private int maxTokens() {
    return root.has("truncation")
        ? (int) root.object("truncation").integer("max_length")
        : USUAL_TOKENS;
  }

  private Tokenizer wordPiece() {
    Fields rules = root.has("normalizer") ? root.object("normalizer") : Fields.empty();
    boolean lowercase = Tokenizers.flag(rules, "lowercase", true);
    BertWords words =
        new BertWords(
            lowercase,
            Tokenizers.flag(rules, "strip_accents", lowercase),
            Tokenizers.flag(rules, "handle_chinese_chars", true));
    return new WordPiece(vocabulary(), words, maxTokens(), file);
  }

  private Tokenizer bytePairs() {
    return new BytePairs(
        vocabulary(),
        ranks(),
        Tokenizers.flag(model, "ignore_merges", false),
        normalizer(),
        pieces(),
        root.has("post_processor")
            ? frame(root.object("post_processor"))
            : new BytePairs.Frame(List.of(), List.of()),
        maxTokens());
  }

  /** Pairs are written {@code "a b"} by older versions and {@code ["a", "b"]} by newer ones. */
  private Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new HashMap<>();
    if (model.values().get("merges") instanceof List<?> merges) {
      for (Object merge : merges) {
        String pair =
            merge instanceof List<?> two && two.size() == 2
                ? two.get(0) + " " + two.get(1)
                : String.valueOf(merge);
        ranks.putIfAbsent(pair, ranks.size());
      }
    }
    return ranks;
  }

  private UnaryOperator<String> normalizer() {
    if (!root.has("normalizer")) {
      return UnaryOperator.identity();
    }
    String type = root.object("normalizer").string("type");
    return switch (type) {
      case "NFC", "NFD", "NFKC", "NFKD" -> {
        Normalizer.Form form = Normalizer.Form.valueOf(type);
        yield text -> Normalizer.normalize(text, form);
      }
      default -> throw unknown("the normalizer " + type);
    };
  }

  private BytePieces pieces() {
    if (!root.has("pre_tokenizer")) {
      throw unknown("no pre_tokenizer");
    }
    Fields outer = root.object("pre_tokenizer");
    List<Fields> stages =
        outer.string("type").equals("Sequence")
            ? outer.objects("pretokenizers", stage -> stage)
            : List.of(outer);
    List<Function<String, List<String>>> steps = new ArrayList<>();
    stages.forEach(stage -> steps.add(step(stage)));
    Fields last = stages.get(stages.size() - 1);
    if (!last.string("type").equals("ByteLevel")) {
      throw unknown("the pre_tokenizer " + last.string("type") + " at the end");
    }
    return new BytePieces(steps, Tokenizers.flag(last, "add_prefix_space", false));
  }

  private Function<String, List<String>> step(Fields stage) {
    String type = stage.string("type");
    boolean isolated = stage.findString("behavior").orElse("Isolated").equals("Isolated");
    try {
      return switch (type) {
        case "ByteLevel" ->
            Tokenizers.flag(stage, "use_regex", true) ? BytePieces.words() : List::of;
        case "Digits" ->
            BytePieces.matches(
                Tokenizers.flag(stage, "individual_digits", false) ? "\\p{N}" : "\\p{N}+");
        case "Split" -> {
          if (!isolated || Tokenizers.flag(stage, "invert", false)) {
            throw unknown("a Split of another behavior than Isolated");
          }
          yield BytePieces.matches(stage.object("pattern").string("Regex"));
        }
        default -> throw unknown("the pre_tokenizer " + type);
      };
    } catch (PatternSyntaxException e) {
      throw unknown("a pattern that Java does not read: " + e.getDescription());
    }
  }

  private BytePairs.Frame frame(Fields processor) {
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    String type = processor.string("type");
    switch (type) {
      case "TemplateProcessing" -> {
        boolean[] met = {false};
        for (Fields part : processor.objects("single", each -> each)) {
          if (part.has("Sequence")) {
            met[0] = true;
          } else {
            String token = part.object("SpecialToken").string("id");
            Fields special = processor.object("special_tokens").object(token);
            for (long id : special.integers("ids")) {
              (met[0] ? after : before).add(id);
            }
          }
        }
      }
      case "RobertaProcessing", "BertProcessing" -> {
        before.add(second(processor, "cls"));
        after.add(second(processor, "sep"));
      }
      case "Sequence" ->
          processor
              .objects("processors", this::frame)
              .forEach(
                  inner -> {
                    before.addAll(inner.before());
                    after.addAll(inner.after());
                  });
      case "ByteLevel" -> {
        // it trims offsets and adds no tokens
      }
      default -> throw unknown("the post_processor " + type);
    }
    return new BytePairs.Frame(before, after);
  }

  /** The id of a pair {@code ["</s>", 2]}. */
  private long second(Fields processor, String key) {
    if (processor.values().get(key) instanceof List<?> pair
        && pair.size() == 2
        && pair.get(1) instanceof Long id) {
      return id;
    }
    throw unknown("no token and id under " + key);
  }
}
