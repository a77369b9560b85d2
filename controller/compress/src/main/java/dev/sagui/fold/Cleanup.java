/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
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
 * Takes a model through all passes. The result is held against the original once; if it fails,
 * every pass is held alone, and one that breaks the model is taken back.
 */
public final class Cleanup {
  private static final List<Pass> PASSES =
      List.of(
          new DeadCode(),
          new Deduplication(),
          new Identities(),
          new CommonSubexpressions(),
          new Unsharing(),
          new ConstantFolding(),
          new BatchNormFolding(),
          new HardSigmoids(),
          new DeadCode(),
          new Deduplication());

  /**
   * What became of a pass.
   *
   * @param changed nodes or tensors
   * @param reason why it was taken back; empty otherwise
   */
  public record Outcome(String pass, int changed, String reason) {
    public boolean reverted() {
      return !reason.isEmpty();
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

  private final List<Pass> steps;
  private final OnnxModel original;
  private final LazyTypes types;
  private final List<Tensor> inputs;
  private final Scratch scratch;
  private final Progress progress;

  private Cleanup(
      List<Pass> steps, OnnxModel original, List<Tensor> inputs, Scratch scratch, Progress progress)
      throws IOException {
    this.steps = steps;
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
    List<Outcome> outcomes = new ArrayList<>();
    OnnxModel edited = plain;
    for (Pass pass : steps) {
      Edited next = edited(edited, pass);
      edited = next.model();
      outcomes.add(new Outcome(pass.name(), next.changes(), ""));
      progress.at("fold", (double) outcomes.size() / (steps.size() + 1));
    }
    if (outcomes.stream().allMatch(outcome -> outcome.changed() == 0)) {
      return new Result(original, outcomes, "");
    }
    Proof proof = Proof.of(original, inputs);
    Result result =
        proof.fault(edited).isEmpty()
            ? new Result(edited, outcomes, proof.gap())
            : oneByOne(plain, proof);
    progress.at("fold", 1);
    return result;
  }

  private Result oneByOne(OnnxModel plain, Proof proof) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    OnnxModel kept = plain;
    for (Pass pass : steps) {
      Edited next = edited(kept, pass);
      Optional<String> fault = next.changes() == 0 ? Optional.empty() : proof.fault(next.model());
      outcomes.add(new Outcome(pass.name(), next.changes(), fault.orElse("")));
      kept = fault.isEmpty() ? next.model() : kept;
    }
    return new Result(kept, outcomes, proof.gap());
  }

  private record Edited(OnnxModel model, int changes) {}

  private Edited edited(OnnxModel model, Pass pass) throws IOException {
    Graph graph = new Graph(model);
    int changes = pass.apply(new Bench(model, graph, types, scratch));
    ModelProto proto =
        PlainInitializers.of(model.proto()).toBuilder().setGraph(graph.build()).build();
    return new Edited(model.with(proto), changes);
  }
}
