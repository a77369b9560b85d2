/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.PlainInitializers;
import dev.sagui.onnx.Progress;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Upgrades a model's opset where it is old, and takes it through all passes. The result is held
 * against the original once; if it fails, every pass is held alone, and one that breaks the model
 * is taken back.
 */
public final class Cleanup {
  private static final List<Pass> PASSES =
      List.of(
          new DeadCode(),
          new FixedShapes(),
          new EmptyParts(),
          new CopiedDims(),
          new Deduplication(),
          new Identities(),
          new CommonSubexpressions(),
          new Unsharing(),
          new ConstantFolding(),
          new ConvPadding(),
          new BatchNormFolding(),
          new HardSigmoids(),
          new SpareChannels(),
          new DeadCode(),
          new Deduplication());

  /**
   * What became of a pass.
   *
   * @param changed nodes or tensors
   * @param reason why it was taken back, or why it could do nothing; empty otherwise
   */
  public record Outcome(String pass, int changed, String reason) {
    public boolean reverted() {
      return changed > 0 && !reason.isEmpty();
    }

    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("pass", pass);
      map.put("changed", changed);
      map.put("reverted", reverted());
      map.put("reason", reason);
      return map;
    }
  }

  /**
   * @param model to be written before the scratch folder is closed
   * @param gap why outputs were not compared; empty when they were
   */
  public record Result(OnnxModel model, List<Outcome> passes, String gap) {
    public Result {
      passes = List.copyOf(passes);
    }

    public boolean changed() {
      return passes.stream().anyMatch(pass -> pass.changed() > 0 && !pass.reverted());
    }
  }

  /** Constants per channel, and axes as inputs, as later passes want them; below is upgraded. */
  private static final int WANTED_OPSET = 13;

  /** Of the upgrade: what exporters write today. */
  private static final int USUAL_OPSET = 17;

  private final List<Pass> passes;
  private final OnnxModel original;
  private final LazyTypes types;
  private final List<Tensor> inputs;
  private final Scratch scratch;
  private final Progress progress;

  private Cleanup(
      List<Pass> passes,
      OnnxModel original,
      List<Tensor> inputs,
      Scratch scratch,
      Progress progress)
      throws IOException {
    this.passes = passes;
    this.original = original;
    this.types = new LazyTypes(original);
    this.inputs = inputs;
    this.scratch = scratch;
    this.progress = progress;
  }

  /**
   * @param inputs to run the model on; empty when there are none that it takes
   */
  public static Result apply(
      OnnxModel model, List<Tensor> inputs, Scratch scratch, Progress progress) throws IOException {
    return apply(model, PASSES, inputs, scratch, progress);
  }

  static Result apply(
      OnnxModel model, List<Pass> passes, List<Tensor> inputs, Scratch scratch, Progress progress)
      throws IOException {
    return new Cleanup(passes, model, inputs, scratch, progress).apply();
  }

  private Result apply() throws IOException {
    OnnxModel plain = original.with(PlainInitializers.of(original.proto()));
    Edited edited = upgraded(plain);
    List<Outcome> outcomes = new ArrayList<>(List.of(edited.outcome()));
    for (Pass pass : passes) {
      edited = edited(edited.model(), pass);
      outcomes.add(edited.outcome());
      progress.at("fold", (double) outcomes.size() / (passes.size() + 2));
    }
    if (outcomes.stream().allMatch(outcome -> outcome.changed() == 0)) {
      return new Result(original, outcomes, "");
    }
    Proof proof = Proof.of(original, inputs);
    Result result =
        proof.fault(edited.model()).isEmpty()
            ? new Result(edited.model(), outcomes, proof.gap())
            : oneByOne(plain, proof);
    progress.at("fold", 1);
    return result;
  }

  private Result oneByOne(OnnxModel plain, Proof proof) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    OnnxModel kept = held(upgraded(plain), plain, proof, outcomes);
    for (Pass pass : passes) {
      kept = held(edited(kept, pass), kept, proof, outcomes);
    }
    return new Result(kept, outcomes, proof.gap());
  }

  /** The edited model if it passes, else the one before. */
  private static OnnxModel held(
      Edited edited, OnnxModel before, Proof proof, List<Outcome> outcomes) throws IOException {
    Outcome outcome = edited.outcome();
    Optional<String> fault =
        outcome.changed() == 0 ? Optional.empty() : proof.fault(edited.model());
    outcomes.add(
        fault.map(why -> new Outcome(outcome.pass(), outcome.changed(), why)).orElse(outcome));
    return fault.isEmpty() ? edited.model() : before;
  }

  private record Edited(OnnxModel model, Outcome outcome) {}

  private Edited upgraded(OnnxModel model) {
    String name = "upgrade-opset";
    if (OpsetUpgrade.version(model.proto()) >= WANTED_OPSET) {
      return new Edited(model, new Outcome(name, 0, ""));
    }
    try {
      OnnxModel upgraded = OpsetUpgrade.to(model, USUAL_OPSET, new Ranks(original, types, inputs));
      return new Edited(upgraded, new Outcome(name, 1, ""));
    } catch (RejectedException e) {
      return new Edited(model, new Outcome(name, 0, String.valueOf(e.getMessage())));
    }
  }

  /** The model's constants are plain initializers already, which the edited graph relies on. */
  private Edited edited(OnnxModel model, Pass pass) throws IOException {
    Graph graph = new Graph(model);
    int changes = pass.apply(new Bench(model, graph, types, scratch));
    ModelProto proto = model.proto().toBuilder().setGraph(graph.build()).build();
    return new Edited(model.with(proto), new Outcome(pass.name(), changes, ""));
  }
}
