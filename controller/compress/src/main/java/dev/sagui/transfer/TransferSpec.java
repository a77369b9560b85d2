/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.KnownNames;
import dev.sagui.failure.RejectedException;
import dev.sagui.keys.Keys;
import dev.sagui.train.loss.Elbo;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.plan.TrainingKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An adaptation of a trained model to other data, as recipes write it.
 *
 * @param base the model; of an autoencoder the decoder
 * @param encoder of an autoencoder
 * @param method which part learns
 * @param solver of a new head
 * @param layers that learn, or get low-rank updates
 * @param lora rank and alpha of low-rank updates
 * @param simpler what to adapt into
 * @param heldOut to be judged by; empty for every second sample of {@code data}
 * @param elbo of an autoencoder, as {@link Elbo#parse} reads it
 * @param loss of the others; empty for what suits
 * @param text of a language model
 * @param threads that share a batch; 0 for all cores
 */
public record TransferSpec(
    Path base,
    Optional<Path> encoder,
    Method method,
    Solver solver,
    LayerChoice layers,
    Lora lora,
    Simpler simpler,
    TransferData data,
    Optional<TransferData> heldOut,
    Map<String, Object> elbo,
    Optional<LossTerms> loss,
    TextKeys text,
    TrainingKeys keys,
    long seed,
    int threads) {
  private static final List<String> OWN =
      List.of(
          "base",
          "encoder",
          "method",
          "solver",
          "layers",
          "rank",
          "alpha",
          "data",
          "labels",
          "targets",
          "held-out",
          "held-out-labels",
          "held-out-targets",
          "elbo",
          "loss",
          "seed",
          "threads");

  private static final String HELD_OUT = "held-out";

  /** How a new head is found. */
  public enum Solver {
    /** Ridge regression, in closed form. */
    RIDGE,
    /** Logistic regression, which is convex. */
    LOGISTIC,
    /** Ridge regression, then gradient descent. */
    GRADIENT
  }

  /**
   * Low-rank updates.
   *
   * @param rank of each
   * @param alpha the update counts alpha / rank
   */
  public record Lora(int rank, double alpha) {
    static final Lora USUAL = new Lora(8, 16);
  }

  /** All keys that {@link #parse} reads. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(OWN);
    names.addAll(Simpler.NAMES);
    names.addAll(TextKeys.NAMES);
    names.addAll(TrainingKeys.NAMES);
    return names;
  }

  /**
   * Reads a recipe's part.
   *
   * @throws RejectedException BAD_REQUEST, naming the nearest known key or what is expected
   */
  public static TransferSpec parse(Map<?, ?> written) {
    Keys keys = Keys.of(written, "transfer").only(names());
    Method method = choice(keys, "method", Method.FULL, Method.values());
    if (!keys.has(HELD_OUT)
        && (keys.has(HELD_OUT + "-labels") || keys.has(HELD_OUT + "-targets"))) {
      throw bad("held-out labels and targets take the samples that they are of, under 'held-out'");
    }
    Optional<TransferData> heldOut =
        keys.text(HELD_OUT).map(text -> TransferData.parse(keys, HELD_OUT + "-", text));
    TransferSpec spec =
        new TransferSpec(
            Path.of(required(keys, "base", "a model's file")),
            keys.text("encoder").map(Path::of),
            method,
            choice(keys, "solver", Solver.RIDGE, Solver.values()),
            LayerChoice.parse(keys),
            new Lora(
                Math.toIntExact(Math.min(4096, keys.whole("rank", Lora.USUAL.rank(), 1))),
                keys.number("alpha", Lora.USUAL.alpha(), 0, 1e6)),
            Simpler.parse(keys),
            TransferData.parse(keys, "", required(keys, "data", "samples")),
            heldOut,
            elbo(keys),
            keys.has("loss")
                ? Optional.of(LossTerms.parse(keys.at("loss").map()))
                : Optional.empty(),
            TextKeys.parse(keys),
            TrainingKeys.parse(keys, TrainingKeys.USUAL),
            keys.whole("seed", 7, 0),
            Math.toIntExact(Math.min(1024, keys.whole("threads", 0, 0))));
    spec.check();
    return spec;
  }

  private static String required(Keys keys, String key, String what) {
    return keys.text(key)
        .orElseThrow(() -> bad("expected %s under '%s' of transfer".formatted(what, key)));
  }

  private static <E extends Enum<E>> E choice(Keys keys, String key, E usual, E[] all) {
    List<String> names = Arrays.stream(all).map(TransferSpec::label).toList();
    String written = keys.text(key).orElse(label(usual));
    KnownNames.require(written, names, key);
    return all[names.indexOf(written)];
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> elbo(Keys keys) {
    Map<String, Object> elbo =
        keys.has("elbo") ? keys.at("elbo").map() : Map.of("reconstruction", "bce", "beta", 1);
    Elbo.parse(elbo);
    return elbo;
  }

  /** Whether the data are their own answer: a text whose next token is to be foretold. */
  boolean explainsItself() {
    return encoder.isEmpty() && data.labels().isEmpty() && data.targets().isEmpty();
  }

  private void check() {
    if (!explainsItself() && !text.isEmpty()) {
      throw bad(
          "'window' and 'known' are of language models, which learn a text alone: leave them out, or what stands beside 'data'");
    }
    if (encoder.isPresent() && (data.labels().isPresent() || data.targets().isPresent())) {
      throw bad(
          "an autoencoder explains its own inputs: leave out 'encoder', or labels and targets");
    }
    simpler.check(encoder.isPresent());
    if (data.labels().isPresent() && data.targets().isPresent()) {
      throw bad("a net learns labels or targets: leave out one of them");
    }
    if (method == Method.HEAD && data.labels().isEmpty() && !explainsItself()) {
      throw bad(
          "method head is of classifiers, with 'labels', and of language models; or take method partial");
    }
    if (method == Method.PARTIAL && layers.isAll()) {
      throw bad("method partial takes 'layers': a number of last layers, or names of weights");
    }
    if (heldOut.isPresent() && heldOut.get().labels().isPresent() != data.labels().isPresent()) {
      throw bad(
          "expected 'held-out-labels' where there are 'held-out' samples and 'labels', and only there");
    }
    if (heldOut.isPresent() && heldOut.get().targets().isPresent() != data.targets().isPresent()) {
      throw bad(
          "expected 'held-out-targets' where there are 'held-out' samples and 'targets', and only there");
    }
  }

  /** The same into other architectures. */
  TransferSpec with(Simpler other) {
    return new TransferSpec(
        base, encoder, method, solver, layers, lora, other, data, heldOut, elbo, loss, text, keys,
        seed, threads);
  }

  static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }

  /** As recipes have it, every key written out. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("base", base.toString());
    encoder.ifPresent(file -> json.put("encoder", file.toString()));
    json.put("method", method.label());
    if (data.labels().isPresent()) {
      json.put("solver", label(solver));
    }
    layers.write(json);
    if (method == Method.LORA) {
      json.put("rank", lora.rank());
      json.put("alpha", lora.alpha());
    }
    simpler.write(json);
    data.write(json, "", "data");
    heldOut.ifPresent(other -> other.write(json, HELD_OUT + "-", HELD_OUT));
    if (encoder.isPresent()) {
      json.put("elbo", elbo);
    }
    loss.ifPresent(terms -> json.put("loss", terms.json()));
    text.write(json);
    json.putAll(keys.json());
    json.put("seed", seed);
    if (threads > 0) {
      json.put("threads", threads);
    }
    return json;
  }
}
