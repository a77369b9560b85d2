/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.OrtModel;
import dev.sagui.run.source.BadData;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Feed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * What goes in and out of a net that says which token comes next.
 *
 * @param ids int64 or int32 [batch, length]
 * @param others what it takes beside them: states, which are zeros before a text begins, a cache of
 *     keys and values, which is empty then, a mask and positions
 * @param logits output [batch, length, vocabulary]
 * @param vocabulary tokens that there are
 */
public record LanguageModel(
    ValueFacts ids, List<ValueFacts> others, String logits, int vocabulary) {
  private static final Set<ElementType> WHOLE = Set.of(ElementType.INT64, ElementType.INT32);

  /** What a net with a state learns on, as long as a text may be for it. */
  private static final int USUAL_WINDOW = 64;

  public LanguageModel {
    others = List.copyOf(others);
  }

  /** Of a model that is one: ids in, a score of each token out, all else follows from the ids. */
  public static Optional<LanguageModel> find(OnnxModel model) {
    ValueFacts output = model.facts().outputs().get(0);
    Optional<ValueFacts> ids =
        model.facts().inputs().stream()
            .filter(each -> isRow(each) && !isMask(each.name()) && !isPositions(each.name()))
            .findFirst();
    if (ids.isEmpty() || output.shape().size() != 3 || output.type() != ElementType.FLOAT) {
      return Optional.empty();
    }
    List<ValueFacts> others =
        model.facts().inputs().stream().filter(each -> !each.equals(ids.get())).toList();
    long rows = model.facts().vocabularies().getOrDefault(ids.get().name(), -1L);
    long scores = output.shape().get(2);
    long known = rows < 0 || scores < 0 ? Math.max(rows, scores) : Math.min(rows, scores);
    return known < 2
            || !others.stream().allMatch(each -> isRow(each) || isState(each) || isCache(each))
        ? Optional.empty()
        : Optional.of(new LanguageModel(ids.get(), others, output.name(), Math.toIntExact(known)));
  }

  private static boolean isRow(ValueFacts input) {
    return WHOLE.contains(input.type()) && input.shape().size() == 2;
  }

  /** Of a fixed size for each row of a batch. */
  private static boolean isState(ValueFacts input) {
    return input.type() == ElementType.FLOAT
        && input.shape().stream().filter(side -> side < 0).count() <= 1;
  }

  /** As long as the text is that was read before. */
  private static boolean isCache(ValueFacts input) {
    return input.type() == ElementType.FLOAT
        && input.name().toLowerCase(Locale.ROOT).startsWith("past");
  }

  private static boolean isMask(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith("mask");
  }

  private static boolean isPositions(String name) {
    return name.toLowerCase(Locale.ROOT).equals("position_ids");
  }

  /** Inputs that hold what was read before, with which texts of any length can be gone through. */
  public List<String> states() {
    return others.stream()
        .filter(each -> each.type() == ElementType.FLOAT && !isCache(each))
        .map(ValueFacts::name)
        .toList();
  }

  private boolean isRecurrent() {
    return !states().isEmpty();
  }

  /**
   * Tokens that the model takes at once: its own number where it fixes one, usually 64 where it has
   * a state, else as many as it runs with.
   *
   * @param most that are tried
   */
  public int window(OnnxModel model, int most) throws IOException {
    if (ids.shape().get(1) > 0) {
      return Math.toIntExact(ids.shape().get(1));
    }
    if (isRecurrent()) {
      return USUAL_WINDOW;
    }
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      int fits = 0;
      int fails = most + 1;
      for (int tried = most; fails - fits > 1; tried = (fits + fails) / 2) {
        if (runs(session, tried)) {
          fits = tried;
        } else {
          fails = tried;
        }
      }
      return fits;
    }
  }

  /** Whether the model takes windows of so many tokens. */
  public boolean takes(OnnxModel model, int length) throws IOException {
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      return runs(session, length);
    }
  }

  private boolean runs(OrtModel session, int length) {
    try {
      Feed feed = feeds(1, length).get(0);
      return session.run(inputs(feed.allocate())).get(0).shape().get(1) == length;
    } catch (RejectedException e) {
      return false;
    }
  }

  /** Windows of a run: as many as the model fixes, else {@code wanted}. */
  public int rows(int wanted) {
    long fixed = ids.shape().get(0);
    return fixed > 0 ? Math.toIntExact(fixed) : wanted;
  }

  /** Tokens of a run: as many as the model fixes, else {@code wanted}. */
  public int length(int wanted) {
    long fixed = ids.shape().get(1);
    return fixed > 0 ? Math.toIntExact(fixed) : wanted;
  }

  /**
   * The inputs for so many windows of a step, the ids first; a batch that the model fixes yields.
   *
   * @throws RejectedException BAD_REQUEST where a state has that batch too
   */
  public List<Feed> learning(int rows, int length) {
    if (rows(rows) != rows && isRecurrent()) {
      throw BadData.of(
          "expected a model whose batch is free, or %d, found %d in '%s'; its state cannot follow: export it with a free batch"
              .formatted(rows, rows(rows), ids.name()));
    }
    return feeds(rows, length).stream()
        .map(
            feed -> {
              List<Long> shape = new ArrayList<>(feed.shape());
              if (feed.type() != DataType.FP32) {
                shape.set(0, (long) rows);
              }
              return new Feed(feed.name(), feed.type(), shape);
            })
        .toList();
  }

  /** The inputs of a run on so many windows, the ids first. */
  private List<Feed> feeds(int rows, int length) {
    List<Feed> feeds = new ArrayList<>(List.of(feed(ids, rows, length)));
    others.forEach(each -> feeds.add(feed(each, rows, length)));
    return feeds;
  }

  private static Feed feed(ValueFacts input, int rows, int length) {
    List<Long> shape = new ArrayList<>(input.shape());
    for (int i = 0; i < shape.size(); i++) {
      long free = isCache(input) && i > 0 ? 0 : rows;
      shape.set(i, shape.get(i) < 0 ? free : shape.get(i));
    }
    if (isRow(input)) {
      shape.set(1, (long) length);
    }
    return new Feed(input.name(), input.type().served().orElseThrow(), shape);
  }

  /** All inputs of a run on tokens [rows, length] that begin a text. */
  public List<Tensor> inputs(Tensor tokens) {
    int rows = Math.toIntExact(tokens.shape().get(0));
    int length = Math.toIntExact(tokens.shape().get(1));
    List<Tensor> inputs = new ArrayList<>(List.of(tokens));
    List<Feed> feeds = feeds(rows, length);
    feeds.subList(1, feeds.size()).forEach(feed -> inputs.add(begun(feed.allocate())));
    return inputs;
  }

  /** Writes what the inputs beside the ids are when a text begins. */
  public void begin(List<Tensor> into) {
    into.subList(1, 1 + others.size()).forEach(LanguageModel::begun);
  }

  /** Writes what an input beside the ids is when a text begins; states are zeros already. */
  private static Tensor begun(Tensor tensor) {
    if (tensor.type() != DataType.FP32) {
      long length = tensor.shape().get(1);
      LongConsumer into = TokenText.appending(tensor);
      for (long i = 0; i < tensor.shape().get(0) * length; i++) {
        into.accept(isPositions(tensor.name()) ? i % length : isMask(tensor.name()) ? 1 : 0);
      }
    }
    return tensor;
  }

  /** Zeros for tokens [rows, length], or of the batch that the model fixes. */
  public Tensor tokens(int rows, int length) {
    return feeds(rows, length).get(0).allocate();
  }
}
