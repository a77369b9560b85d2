/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.source.BadData;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.JudgedTraining;
import dev.sagui.train.Objective;
import dev.sagui.train.Parameters;
import dev.sagui.train.StepGraph;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Seed;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A language model and its texts. */
record PreparedText(
    TextNet net,
    Setting setting,
    TextSet learned,
    TextSet heldOut,
    OnnxModel learning,
    Parameters parameters)
    implements Prepared {
  private static final String NEXT = "next";
  private static final LossTerms LOSS = LossTerms.parse(Map.of("cross-entropy", 1));

  /** Each use of randomness has a number of its own. */
  private static final long ORDER = 1;

  private static final long PHASE = 2;

  static PreparedText of(TextNet net, Setting setting) throws IOException {
    TextSet all = TextSet.of(setting.data());
    List<TextSet> parts =
        setting.heldOut().isPresent()
            ? List.of(all, TextSet.of(setting.heldOut().get()))
            : all.split();
    if (parts.get(0).windows(net.length()) < 1
        || parts.get(1).windows(net.length()) < setting.shards()) {
      throw BadData.of(
          "%s holds too little to learn windows of %d tokens: %s, and %s to be judged by"
              .formatted(setting.data(), net.length(), parts.get(0), parts.get(1)));
    }
    Layers layers = net.learning();
    return new PreparedText(
        net,
        setting,
        parts.get(0),
        parts.get(1),
        layers.build("language-model", Map.of()),
        Parameters.of(layers.trained(), Map.of()));
  }

  @Override
  public long samples() {
    return learned.windows(net.length());
  }

  @Override
  public Training training(TrainerOptions options) throws IOException {
    StepGraph graph = graph(setting.share(), true);
    int shards = setting.shards();
    Objective objective =
        Objective.of(graph, parameters.read(learning), List.of(), batches(), shards);
    int share = HeldOut.share(heldOut.windows(net.length()), shards);
    long passes = heldOut.windows(net.length()) / share / shards;
    HeldOut judge = new HeldOut(graph(share, false), judged(share, shards), shards, passes);
    return new JudgedTraining(objective, options, new TextLevels(this, judge));
  }

  private StepGraph graph(int share, boolean gradient) throws IOException {
    List<Long> window = List.of((long) share, (long) net.length());
    List<Feed> inputs = new ArrayList<>(List.of(new Feed(TextNet.IDS, DataType.INT64, window)));
    inputs.addAll(net.zeros(share));
    GraphInMaking made = GraphInMaking.of(learning, inputs, parameters);
    Feed next = made.input(NEXT, DataType.INT64, window);
    List<Long> logits = List.of((long) share, (long) net.length(), TextSet.VOCABULARY);
    Map<String, String> terms =
        LOSS.add(made.emit(), new Pair(TextNet.LOGITS, next.name(), logits, 1));
    String total = LOSS.total(made.emit(), terms);
    return gradient ? made.minimise(total, terms, Map.of()) : made.judged(total, terms);
  }

  /** Windows side by side, from another byte on in each epoch. */
  private Batches batches() {
    int length = net.length();
    int windows = learned.windows(length);
    EpochOrder order = new EpochOrder(windows, setting.seed() + ORDER);
    int share = setting.share();
    return (step, shard, into) -> {
      LongBuffer ids = longs(into.get(0));
      LongBuffer next = longs(into.get(into.size() - 1));
      long first = step * setting.batch() + (long) shard * share;
      for (long place = first; place < first + share; place++) {
        int phase = Seed.random(setting.seed(), PHASE, place / windows).nextInt(length);
        learned.put(order.at(place) * length + phase, length, ids, next);
      }
    };
  }

  private Batches judged(int share, int shards) {
    int length = net.length();
    return (pass, shard, into) -> {
      LongBuffer ids = longs(into.get(0));
      LongBuffer next = longs(into.get(into.size() - 1));
      int first = Math.toIntExact((pass * shards + shard) * share);
      for (int window = first; window < first + share; window++) {
        heldOut.put(window * length, length, ids, next);
      }
    };
  }

  private static LongBuffer longs(Tensor tensor) {
    return tensor.data().asLongBuffer();
  }
}
