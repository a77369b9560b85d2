/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.GramProduct;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Lets inputs skip residual blocks that add little to them: each block gets a gate in closed form
 * that looks at its input, and one bar for all gates is set so that a share of the work is done on
 * the calibration samples (the idea of SkipNet, arXiv 1711.09485, without its training). A block
 * that holds most of the net makes its gate an early exit.
 */
public final class BlockSkipping {
  /** Of a block's mean harm: what is below it counts as none. */
  private static final double LEAST_HARM = 1e-6;

  /** Further shares that are looked at, for the curve. */
  private static final double[] CURVE = {0.75, 0.5, 0.25};

  private final OnnxModel model;
  private final Samples samples;
  private final int threads;
  private final Fidelity fidelity;
  private final RunCost cost;
  private final GramProduct product;

  private BlockSkipping(OnnxModel model, Samples samples, GramProduct product, int threads)
      throws IOException {
    this.model = model;
    this.samples = samples;
    this.threads = threads;
    this.product = product;
    this.fidelity = new Fidelity(model, samples.forJudging().inBatchesOf(1), threads);
    this.cost = cost(model);
  }

  /**
   * @param model cleaned up, float32
   * @param active share of the skippable work that is done on the samples, in 0..1
   * @throws RejectedException UNSUPPORTED_MODEL when it has no residual block
   */
  public static SkippedModel apply(
      OnnxModel model, double active, Samples samples, int threads, Progress progress)
      throws IOException {
    try (GramProduct product = GramProduct.open(threads)) {
      return new BlockSkipping(model, samples, product, threads).apply(active, progress);
    }
  }

  /**
   * A block with its gate.
   *
   * @param work that it takes, in FLOPs
   * @param foretold of each sample, as a logarithm
   */
  private record Gated(
      BranchRecord seen, Gate gate, long work, long parameters, double[] foretold) {}

  private SkippedModel apply(double active, Progress progress) throws IOException {
    List<ResidualBlock> blocks = apart();
    if (blocks.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "no block can be skipped: expected sums of a value and of what layers make of it (residual"
              + " blocks) behind the first layer, found none");
    }
    List<Gated> gated = gated(blocks);
    progress.at("skip", 0.5);
    List<SkippedModel.Held> held = new ArrayList<>(List.of(held(gated, active)));
    for (double share : CURVE) {
      if (share != active) {
        held.add(held(gated, share));
      }
    }
    progress.at("skip", 1);
    return new SkippedModel(held.get(0).model(), held);
  }

  /** Blocks of which none holds another, those with the most layers first. */
  private List<ResidualBlock> apart() throws IOException {
    Graph graph = new Graph(model);
    List<ResidualBlock> all = new ArrayList<>(ResidualBlock.of(model, samples, threads));
    all.removeIf(block -> graph.producer(block.skip()).isEmpty());
    all.sort(Comparator.comparingInt(ResidualBlock::layers).reversed());
    Set<Node> taken = new HashSet<>();
    List<ResidualBlock> apart = new ArrayList<>();
    for (ResidualBlock block : all) {
      Set<Node> own = ResidualBlock.own(graph, block.branch());
      if (own.stream().noneMatch(taken::contains)) {
        taken.addAll(own);
        apart.add(block);
      }
    }
    return apart;
  }

  private List<Gated> gated(List<ResidualBlock> blocks) throws IOException {
    Map<ResidualBlock, BranchRecord> seen = new LinkedHashMap<>();
    blocks.forEach(block -> seen.put(block, new BranchRecord(block)));
    Set<String> values = new HashSet<>();
    blocks.forEach(block -> values.addAll(List.of(block.skip(), block.branch())));
    try (Taps taps = Taps.of(model, values.stream().sorted().toList(), threads)) {
      taps.forEach(
          samples.forCalibration().inBatchesOf(1),
          value -> seen.values().forEach(each -> each.add(value)));
    }
    List<Gated> gated = new ArrayList<>();
    for (BranchRecord each : seen.values()) {
      gated.add(gated(each));
    }
    return gated;
  }

  private Gated gated(BranchRecord seen) throws IOException {
    OnnxModel without = BlockRemoval.without(model, seen.block(), Optional.empty());
    StandIn standIn = seen.standIn(product, all(seen));
    double[] harm = new double[seen.samples()];
    double whole = 1e-30;
    for (int n = 0; n < harm.length; n++) {
      harm[n] = seen.left(n, standIn);
      whole += harm[n] / harm.length;
    }
    double atOutput = fidelity.error(linear(seen, standIn));
    for (int n = 0; n < harm.length; n++) {
      harm[n] = (harm[n] / whole + LEAST_HARM) * Math.max(atOutput, 1e-12);
    }
    Gate gate = Gate.fit(product, seen.spread(), harm);
    return new Gated(
        seen,
        gate,
        cost.flops() - cost(without).flops(),
        model.facts().parameters() - without.facts().parameters(),
        seen.spread().stream().mapToDouble(gate::foretold).toArray());
  }

  /** With the linear map for all inputs. */
  private OnnxModel linear(BranchRecord seen, StandIn standIn) {
    Gate never = new Gate(new double[standIn.map().length], 1, 0);
    GatedGraph graph = new GatedGraph(model);
    graph.gate(seen.block(), seen.rank(), never, 1, standIn);
    return graph.built();
  }

  private static List<Integer> all(BranchRecord seen) {
    return IntStream.range(0, seen.samples()).boxed().toList();
  }

  private RunCost cost(OnnxModel of) throws IOException {
    try (TemporaryModel file = TemporaryModel.of(of)) {
      return RunCost.measure(file.file(), samples.inBatchesOf(1).first(1));
    }
  }

  /** The least bar above which no more than a share of the work lies. */
  private static double bar(List<Gated> gated, double active) {
    record Run(double foretold, double work) {}
    List<Run> runs = new ArrayList<>();
    gated.forEach(
        g ->
            IntStream.range(0, g.foretold().length)
                .forEach(n -> runs.add(new Run(g.foretold()[n], g.work()))));
    runs.sort(Comparator.comparingDouble(Run::foretold).reversed());
    double left = active * runs.stream().mapToDouble(Run::work).sum() + 1e-6;
    for (int i = 0; i < runs.size(); i++) {
      left -= runs.get(i).work();
      if (left < 0) {
        return runs.get(i).foretold();
      }
    }
    return runs.get(runs.size() - 1).foretold() - 1;
  }

  private SkippedModel.Held held(List<Gated> gated, double active) throws IOException {
    double bar = bar(gated, active);
    GatedGraph graph = new GatedGraph(model);
    Map<String, Gated> byNeed = new LinkedHashMap<>();
    for (Gated each : gated) {
      List<Integer> low =
          all(each.seen()).stream().filter(n -> !(each.foretold()[n] > bar)).toList();
      StandIn standIn = each.seen().standIn(product, low.isEmpty() ? all(each.seen()) : low);
      BranchRecord seen = each.seen();
      byNeed.put(graph.gate(seen.block(), seen.rank(), each.gate(), bar, standIn), each);
    }
    OnnxModel made = graph.built();
    Map<String, Double> computed = computed(made, byNeed.keySet(), bar);
    List<SkippedModel.Block> blocks = new ArrayList<>();
    double flops = cost.flops();
    double parameters = model.facts().parameters();
    for (Map.Entry<String, Gated> entry : byNeed.entrySet()) {
      ResidualBlock block = entry.getValue().seen().block();
      double share = computed.getOrDefault(entry.getKey(), 0.0);
      blocks.add(new SkippedModel.Block(block.sum(), block.layers(), share));
      flops -= (1 - share) * entry.getValue().work();
      parameters -= (1 - share) * entry.getValue().parameters();
    }
    return new SkippedModel.Held(made, active, blocks, fidelity.error(made), flops, parameters);
  }

  /** Of samples that judge, the share that is above the bar, by gate. */
  private Map<String, Double> computed(OnnxModel made, Set<String> gates, double bar)
      throws IOException {
    Samples judged = samples.forJudging().inBatchesOf(1);
    Map<String, Double> computed = new LinkedHashMap<>();
    try (Taps taps = Taps.of(made, gates, threads)) {
      taps.forEach(
          judged,
          value ->
              computed.merge(
                  value.name(),
                  value.floats()[0] > (float) bar ? 1.0 / judged.count() : 0,
                  Double::sum));
    }
    return computed;
  }
}
