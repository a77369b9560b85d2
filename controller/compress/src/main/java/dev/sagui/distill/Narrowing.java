/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.ChannelPruning;
import dev.sagui.prune.channels.ChannelWidths;
import dev.sagui.prune.channels.PrunedModel;
import dev.sagui.prune.channels.Refit;
import dev.sagui.prune.channels.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Takes channels out of a student until as much is left as is asked for. */
final class Narrowing {
  /** Channels that convolutions of ONNX Runtime take at once. */
  private static final int ALIGNED = 8;

  /** A time that is over by less is within the noise. */
  private static final double CLOSE = 1.02;

  private static final int TRIES = 3;

  private final OnnxModel teacher;
  private final Refit.Data data;
  private final Yardstick yardstick;
  private final Progress progress;

  Narrowing(OnnxModel teacher, Refit.Data data, Yardstick yardstick, Progress progress) {
    this.teacher = teacher;
    this.data = data;
    this.yardstick = yardstick;
    this.progress = progress;
  }

  /**
   * @param widths of all groups of channels; empty when nothing was narrowed
   * @param notes which layers give fewer channels
   */
  record Result(OnnxModel model, List<Integer> widths, List<String> notes) {
    static Result of(OnnxModel model) {
      return new Result(model, List.of(), List.of());
    }
  }

  /** To what is asked for, measured against the teacher. */
  Result to(OnnxModel model, StudentSpec.Size size) throws IOException {
    return switch (size.measure()) {
      case WIDTH -> to(model, scaled(model, size.share()));
      case FLOPS -> {
        double has = yardstick.flops(model);
        yield has <= size.share()
            ? Result.of(model)
            : cut(model, ChannelOptions.share(1 - size.share() / has));
      }
      case LATENCY -> faster(model, size.share());
    };
  }

  /** To widths that an earlier run chose. */
  Result to(OnnxModel model, List<Integer> widths) throws IOException {
    return cut(
        model,
        new ChannelOptions(
            0,
            OptionalDouble.empty(),
            Selection.BACKWARD,
            true,
            ChannelOptions.USUAL_BLOCK,
            widths));
  }

  private Result faster(OnnxModel model, double limit) throws IOException {
    double has = yardstick.latency(model, Yardstick.LONG_SECONDS);
    if (has <= limit) {
      return Result.of(model);
    }
    double asked = limit / has;
    Result result = Result.of(model);
    for (int i = 0; i < TRIES && has > limit * (i == 0 ? 1 : CLOSE); i++) {
      ChannelOptions options =
          new ChannelOptions(
              0,
              OptionalDouble.of(asked),
              Selection.BACKWARD,
              true,
              ChannelOptions.USUAL_BLOCK,
              List.of());
      result = cut(model, options);
      has = yardstick.latency(result.model(), Yardstick.LONG_SECONDS);
      asked *= limit / has;
    }
    return result;
  }

  private List<Integer> scaled(OnnxModel model, double factor) throws IOException {
    return ChannelWidths.of(model, data.samples(), data.threads()).stream()
        .map(width -> scaled(width, factor))
        .toList();
  }

  /** The nearest multiple of 8 where that is near enough (MobileNet's rule), at least 1. */
  static int scaled(int width, double factor) {
    double wanted = width * factor;
    int aligned = (int) Math.floor(wanted / ALIGNED + 0.5) * ALIGNED;
    boolean near = aligned <= width && Math.abs(aligned - wanted) <= 0.1 * wanted;
    return near ? aligned : (int) Math.max(1, Math.min(width, Math.rint(wanted)));
  }

  private Result cut(OnnxModel model, ChannelOptions options) throws IOException {
    PrunedModel pruned =
        ChannelPruning.apply(model, options, data.samples(), data.threads(), progress);
    List<String> notes = new ArrayList<>();
    for (PrunedModel.Width width : pruned.widths()) {
      if (width.after() < width.before()) {
        notes.add("%s: %d of %d channels".formatted(width.layer(), width.after(), width.before()));
      }
    }
    pruned.kept().forEach((why, axes) -> notes.add("%d axes stay: %s".formatted(axes, why)));
    return new Result(
        taught(pruned.model()),
        pruned.widths().stream().map(PrunedModel.Width::after).toList(),
        notes);
  }

  /** Layers that give as many channels as in the teacher learn from it once more, if that helps. */
  private OnnxModel taught(OnnxModel model) throws IOException {
    Set<String> values = new HashSet<>();
    model.graph().getNodeList().forEach(node -> values.addAll(node.getOutputList()));
    OnnxModel fitted =
        Refit.apply(
            teacher, model, new Refit.Changes(values, Map.of(), Refit.Others.THOROUGH), data);
    return yardstick.error(fitted) < yardstick.error(model) ? fitted : model;
  }
}
