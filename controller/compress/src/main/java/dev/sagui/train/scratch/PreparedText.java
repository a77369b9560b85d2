/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.source.BadData;
import dev.sagui.run.text.Utf8Bytes;
import dev.sagui.tensor.DataType;
import dev.sagui.train.Batches;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.JudgedTraining;
import dev.sagui.train.Objective;
import dev.sagui.train.Parameters;
import dev.sagui.train.StepGraph;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.folder.SampleSheet;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import dev.sagui.train.net.Layers;
import dev.sagui.train.text.LanguageModel;
import dev.sagui.train.text.TextWindows;
import dev.sagui.train.text.TokenText;
import dev.sagui.train.text.WrittenText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A language model and its texts. */
record PreparedText(
    TextNet net,
    Setting setting,
    TokenText learned,
    TokenText heldOut,
    OnnxModel learning,
    Parameters parameters)
    implements Prepared {
  private static final String NEXT = "next";
  private static final LossTerms LOSS = LossTerms.parse(Map.of("cross-entropy", 1));

  static PreparedText of(TextNet net, Setting setting) throws IOException {
    TokenText all = TokenText.bytes(setting.data());
    List<TokenText> parts =
        setting.heldOut().isPresent()
            ? List.of(all, TokenText.bytes(setting.heldOut().get()))
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
  public Optional<SampleSheet> sheet() {
    return LanguageModel.find(net.model())
        .map(m -> new WrittenText(m, heldOut, net.length(), new Utf8Bytes(), setting.seed()));
  }

  @Override
  public Training training(TrainerOptions options) throws IOException {
    StepGraph graph = graph(setting.share(), true);
    int shards = setting.shards();
    TextWindows windows = new TextWindows(learned, net.length(), setting.batch(), setting.seed());
    Objective objective =
        Objective.of(graph, parameters.read(learning), List.of(), windows, shards);
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
    List<Long> logits = List.of((long) share, (long) net.length(), TextNet.VOCABULARY);
    Map<String, String> terms =
        LOSS.add(made.emit(), new Pair(TextNet.LOGITS, next.name(), logits, 1));
    String total = LOSS.total(made.emit(), terms);
    return gradient ? made.minimise(total, terms, Map.of()) : made.judged(total, terms);
  }

  private Batches judged(int share, int shards) {
    int length = net.length();
    return (pass, shard, into) -> {
      LongConsumer ids = TokenText.appending(into.get(0));
      LongConsumer next = TokenText.appending(into.get(into.size() - 1));
      int first = Math.toIntExact((pass * shards + shard) * share);
      for (int window = first; window < first + share; window++) {
        heldOut.put(window * length, length, ids, next);
      }
    };
  }
}
