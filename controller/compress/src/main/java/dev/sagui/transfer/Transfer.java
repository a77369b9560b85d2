/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.distill.StudentSpec;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.KeptZeros;
import dev.sagui.train.Projection;
import dev.sagui.train.Score;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.folder.SampleSheet;
import dev.sagui.train.loss.Elbo;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.text.LanguageModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A trained model, made simpler when that is asked for, and the data that it is to be adapted to
 * (transfer learning; Yosinski et al. 2014).
 */
public final class Transfer {
  private static final int LATENTS = 256;

  private final TransferSpec spec;
  private final OnnxModel net;
  private final Task task;
  private final Optional<AutoencoderPair> pair;

  private Transfer(TransferSpec spec, OnnxModel net, Task task, Optional<AutoencoderPair> pair) {
    this.spec = spec;
    this.net = net;
    this.task = task;
    this.pair = pair;
  }

  /**
   * Reads models and data.
   *
   * @param scratch lives as long as the transfer and what it makes
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, NOT_FOUND or UNSUPPORTED_MODEL when
   *     they cannot be used
   */
  public static Transfer of(TransferSpec spec, Scratch scratch, Progress progress)
      throws IOException {
    Narrower narrower = new Narrower(scratch, threads(spec), progress);
    OnnxModel base = OnnxModel.open(spec.base()).runnable();
    if (spec.encoder().isPresent()) {
      return autoencoder(spec, base, narrower);
    }
    return spec.explainsItself()
        ? language(spec, base, narrower)
        : supervised(spec, base, narrower);
  }

  private static int threads(TransferSpec spec) {
    return spec.threads() > 0 ? spec.threads() : Runtime.getRuntime().availableProcessors();
  }

  private static Transfer autoencoder(TransferSpec spec, OnnxModel decoder, Narrower narrower)
      throws IOException {
    OnnxModel encoder = OnnxModel.open(spec.encoder().orElseThrow()).runnable();
    Map<String, DataSpec> sample = Map.of("", spec.data().inputs());
    Map<String, DataSpec> latents = Map.of("", DataSpec.latents(spec.seed(), LATENTS));
    Optional<StudentSpec> encoders = spec.simpler().encoder().or(() -> spec.simpler().base());
    Narrower.Made first = narrower.of(encoder, encoders, sample);
    Narrower.Made second = narrower.of(decoder, spec.simpler().base(), latents);
    AutoencoderPair pair = AutoencoderPair.of(first.net(), second.net());
    TransferSpec resolved = spec.with(new Simpler(second.chosen(), first.chosen()));
    Samples samples = Samples.of(encoder, sample);
    Halves halves =
        Halves.of(samples, spec.heldOut().map(h -> Samples.of(encoder, Map.of("", h.inputs()))));
    Task task =
        AutoencoderTask.of(
            pair, halves.learnt(), halves.heldOut(), Elbo.parse(spec.elbo()), spec.seed());
    return new Transfer(resolved, pair.joined(), task, Optional.of(pair));
  }

  /** Samples to learn on and samples to be judged by. */
  private record Halves(Samples learnt, Samples heldOut) {
    static Halves of(Samples samples, Optional<Samples> heldOut) {
      return heldOut.isPresent()
          ? new Halves(samples, heldOut.get())
          : new Halves(samples.forCalibration(), samples.forJudging());
    }
  }

  private static Transfer language(TransferSpec spec, OnnxModel base, Narrower narrower)
      throws IOException {
    LanguageModel given =
        LanguageModel.find(base)
            .orElseThrow(
                () ->
                    TransferSpec.bad(
                        "expected 'labels', 'targets' or 'encoder' beside 'data': %s is no language model that could learn its next token"
                            .formatted(base.file())));
    Map<String, DataSpec> data = new LinkedHashMap<>(Map.of("", spec.data().inputs()));
    given.states().forEach(state -> data.put(state, DataSpec.parse("values:0")));
    Narrower.Made made = narrower.of(base, spec.simpler().base(), data);
    OnnxModel net = made.net();
    LanguageModel foretold = LanguageModel.find(net).orElseThrow();
    return new Transfer(
        made.resolved(spec), net, TokenTask.of(net, foretold, spec, base.file()), Optional.empty());
  }

  private static Transfer supervised(TransferSpec spec, OnnxModel base, Narrower narrower)
      throws IOException {
    Narrower.Made made = narrower.of(base, spec.simpler().base(), Map.of("", spec.data().inputs()));
    OnnxModel net = made.net();
    Halves halves = Halves.of(read(net, spec.data()), spec.heldOut().map(data -> read(net, data)));
    String output = net.graph().getOutput(0).getName();
    boolean labelled = spec.data().labels().isPresent();
    Map<String, Integer> usual = Map.of(labelled ? "cross-entropy" : "l1", 1);
    LossTerms loss = spec.loss().orElseGet(() -> LossTerms.parse(usual));
    Task task =
        labelled
            ? new LabelTask(halves.learnt(), halves.heldOut(), loss, output)
            : TargetTask.of(net, halves.learnt(), halves.heldOut(), loss);
    return new Transfer(made.resolved(spec), net, task, Optional.empty());
  }

  private static Samples read(OnnxModel model, TransferData data) {
    if (data.labels().isPresent()) {
      return LabelTask.read(model, data.inputs(), data.labels().get());
    }
    return data.targets().isPresent()
        ? TargetTask.read(model, data.inputs(), data.targets().get())
        : Samples.of(model, Map.of("", data.inputs()));
  }

  /** What is adapted how, with all that was chosen. */
  public TransferSpec spec() {
    return spec;
  }

  /** Samples that an epoch goes once through. */
  public long samples() {
    return task.count();
  }

  /** How good the model is before it adapts. */
  public Score before() throws IOException {
    return task.scorer().of(net);
  }

  /** What is known of the model before it adapts, by name with the unit. */
  public Map<String, Double> figures() throws IOException {
    Map<String, Double> figures = task.figures(net);
    if (!figures.isEmpty()) {
      return figures;
    }
    Score before = before();
    return Map.of(before.metric(), before.value());
  }

  /** Inputs of one run of a language model; of others none. */
  public Optional<List<Tensor>> window() {
    return task instanceof TokenTask text ? Optional.of(text.example()) : Optional.empty();
  }

  /** Shows what a language model writes; of others nothing. */
  public Optional<SampleSheet> sheet() {
    return task instanceof TokenTask text ? Optional.of(text.sheet()) : Optional.empty();
  }

  /**
   * A training that has not begun. Of a classifier with other classes the new head is there
   * already, by a closed form.
   *
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL, naming what cannot be trained
   */
  public Training training(TrainerOptions options) throws IOException {
    if (task instanceof LabelTask labels) {
      NewHead fitted = NewHead.of(net, labels, threads(spec));
      if (spec.method() == Method.HEAD && spec.solver() != TransferSpec.Solver.GRADIENT) {
        return fitted.closedForm(spec.solver());
      }
      return training(fitted.better(net, labels.scorer()), options);
    }
    return training(net, options);
  }

  private Training training(OnnxModel start, TrainerOptions options) throws IOException {
    return switch (spec.method()) {
      case LORA -> lowRank(start, options);
      case HEAD -> head(Head.untied(start), options);
      case PARTIAL, FULL -> adaptation(start, spec.layers().weights(start), options);
    };
  }

  private Training head(OnnxModel start, TrainerOptions options) throws IOException {
    return adaptation(start, Head.of(start).weights(start), options);
  }

  private Training adaptation(OnnxModel start, Set<String> weights, TrainerOptions options)
      throws IOException {
    return adaptation(start, weights::contains, options, Adaptation.Made.of(pair));
  }

  private Training lowRank(OnnxModel start, TrainerOptions options) throws IOException {
    TransferSpec.Lora lora = spec.lora();
    OnnxModel plain =
        start.with(start.proto().toBuilder().setGraph(new Graph(start).build()).build());
    Set<String> chosen = spec.layers().weights(plain);
    LowRank updates = LowRank.of(plain, chosen, lora.rank(), lora.alpha(), spec.seed());
    boolean given = start == net && spec.simpler().base().isEmpty() && pair.isEmpty();
    double factor = lora.alpha() / lora.rank();
    Adaptation.Made made =
        Adaptation.Made.of(pair).with(new Adaptation.Updates(updates, plain, factor, given));
    return adaptation(updates.net(), updates::isTrained, options, made);
  }

  private Training adaptation(
      OnnxModel start, Predicate<String> trained, TrainerOptions options, Adaptation.Made made)
      throws IOException {
    boolean added = spec.method() == Method.LORA; // B begins as zeros that must not stay
    Projection projection = added ? Projection.NONE : KeptZeros.of(start, Projection.NONE);
    Adaptation.Plan plan =
        new Adaptation.Plan(trained, projection, spec.keys().batch(), threads(spec), spec.seed());
    return Adaptation.of(start, task, plan, options, made);
  }

  /** The model before it adapts, by the names that a training gives. */
  public Map<String, OnnxModel> models() {
    return pair.map(Transfer::named).orElseGet(() -> Map.of("model", net));
  }

  static Map<String, OnnxModel> named(AutoencoderPair pair) {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("decoder", pair.decoder());
    models.put("encoder", pair.encoder());
    return models;
  }
}
