/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.DeadCode;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes residual blocks out of a model, one after the other, each time the one whose branch the
 * outputs miss least; the mean of what the branch gave, channel by channel, may stay as a constant.
 * By error at the outputs and not by how alike a block's input and output are, as in ShortGPT
 * (arXiv 2403.03853): a block may change little that matters much.
 */
public final class BlockRemoval {
  /** Tried again after a block went: those that were missed least before. */
  private static final int TRIED_AGAIN = 8;

  private final Samples samples;
  private final int threads;
  private final Progress progress;
  private final Fidelity fidelity;
  private final Map<String, Double> errors = new HashMap<>();

  private BlockRemoval(OnnxModel model, Samples samples, int threads, Progress progress)
      throws IOException {
    this.samples = samples;
    this.threads = threads;
    this.progress = progress;
    this.fidelity = new Fidelity(model, samples.forJudging(), threads);
  }

  /**
   * A model without some blocks.
   *
   * @param blocks that the model had
   * @param removed in the order in which they went
   */
  public record Result(OnnxModel model, int blocks, List<Removed> removed) {
    public Result {
      removed = List.copyOf(removed);
    }
  }

  /**
   * @param mean whether the mean of the branch stays
   * @param error of the outputs without it and those before it, as a share of their power
   */
  public record Removed(ResidualBlock block, boolean mean, double error) {}

  /**
   * @param model cleaned up, float32
   * @param share of the residual blocks that goes, in 0..1; rounded to whole blocks, one at least
   * @throws RejectedException UNSUPPORTED_MODEL when it has no residual block
   */
  public static Result apply(
      OnnxModel model, double share, Samples samples, int threads, Progress progress)
      throws IOException {
    return new BlockRemoval(model, samples, threads, progress).apply(model, share);
  }

  private Result apply(OnnxModel model, double share) throws IOException {
    int blocks = ResidualBlock.of(model, samples, threads).size();
    if (blocks == 0) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "no block can be removed: expected sums of a value and of what layers make of it"
              + " (residual blocks), found none");
    }
    int wanted = (int) Math.max(1, Math.round(share * blocks));
    List<Removed> removed = new ArrayList<>();
    OnnxModel left = model;
    while (removed.size() < wanted) {
      List<ResidualBlock> candidates = candidates(left);
      if (candidates.isEmpty()) {
        break;
      }
      Shorter best = best(left, candidates);
      removed.add(best.removed());
      left = best.model();
      progress.at("prune", (double) removed.size() / wanted);
    }
    return new Result(left, blocks, removed);
  }

  private List<ResidualBlock> candidates(OnnxModel model) throws IOException {
    return ResidualBlock.of(model, samples, threads).stream()
        .sorted(Comparator.comparingDouble(b -> errors.getOrDefault(b.sum(), 0.0)))
        .limit(errors.isEmpty() ? Long.MAX_VALUE : TRIED_AGAIN)
        .toList();
  }

  private record Shorter(OnnxModel model, Removed removed) {}

  private Shorter best(OnnxModel model, List<ResidualBlock> candidates) throws IOException {
    Map<String, BranchMean> means = means(model, candidates);
    Shorter best = without(model, candidates.get(0), means);
    errors.put(candidates.get(0).sum(), best.removed().error());
    for (ResidualBlock block : candidates.subList(1, candidates.size())) {
      Shorter other = without(model, block, means);
      errors.put(block.sum(), other.removed().error());
      best = other.removed().error() < best.removed().error() ? other : best;
    }
    Shorter plain = without(model, best.removed().block(), Map.of());
    return plain.removed().error() <= best.removed().error() ? plain : best;
  }

  private Map<String, BranchMean> means(OnnxModel model, List<ResidualBlock> blocks)
      throws IOException {
    Map<String, BranchMean> means = new HashMap<>();
    blocks.forEach(block -> means.put(block.branch(), new BranchMean(block.channelAxis())));
    try (Taps taps = Taps.of(model, means.keySet(), threads)) {
      taps.forEach(
          samples.forCalibration(),
          value -> {
            BranchMean mean = means.get(value.name());
            if (mean != null) {
              mean.add(value);
            }
          });
    }
    return means;
  }

  private Shorter without(OnnxModel model, ResidualBlock block, Map<String, BranchMean> means)
      throws IOException {
    Optional<BranchMean> mean = Optional.ofNullable(means.get(block.branch()));
    OnnxModel shorter = without(model, block, mean);
    return new Shorter(shorter, new Removed(block, mean.isPresent(), fidelity.error(shorter)));
  }

  /**
   * The model without a branch.
   *
   * @param mean of what it gave, to stay
   */
  static OnnxModel without(OnnxModel model, ResidualBlock block, Optional<BranchMean> mean) {
    Graph graph = new Graph(model);
    Node sum = graph.producer(block.sum()).orElseThrow();
    NodeBuilder instead =
        mean.isEmpty()
            ? NodeBuilder.of("Identity").inputs(block.skip())
            : NodeBuilder.of("Add")
                .inputs(
                    block.skip(),
                    graph.addConstant(block.branch() + "_mean", mean.get().constant()));
    graph.set(sum, instead.output(block.sum()).build());
    if (mean.isEmpty() && !graph.isOutput(block.sum())) {
      graph.replaceUses(block.sum(), block.skip());
    }
    DeadCode.remove(graph);
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }
}
