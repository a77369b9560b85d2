/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.distill.StudentSpec.Chosen;
import dev.sagui.distill.StudentSpec.Measure;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.channels.Refit;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes students: residual branches go, then cheaper layers come, then channels go; after each what
 * is left is fitted to the teacher by least squares, so that training starts from there.
 */
public final class Students {
  /** Combinations of cheaper layers that are made and narrowed. */
  private static final int MOST_TRIED = 4;

  private static final double CLOSE = 1.02;

  private final StudentSpec spec;
  private final Yardstick yardstick;
  private final OnnxModel teacher;
  private final Refit.Data data;
  private final Progress progress;
  private final List<String> notes = new ArrayList<>();

  private Students(
      OnnxModel given, OnnxModel cleaned, StudentSpec spec, Refit.Data data, Progress progress)
      throws IOException {
    this.spec = spec;
    this.yardstick = new Yardstick(given, data.samples(), data.threads());
    this.teacher = cleaned;
    this.data = data;
    this.progress = progress;
  }

  /**
   * @param teacher float32, unless the student is a file
   * @param samples to prune, fit and measure on
   * @param scratch lives until the student is written
   * @return with the teacher's inputs and outputs
   * @throws RejectedException BAD_REQUEST for a file with other inputs or outputs, in one sentence,
   *     and for more than can go; UNSUPPORTED_MODEL for a quantized student, and a teacher that no
   *     student can be made of
   */
  public static Student of(
      OnnxModel teacher,
      StudentSpec spec,
      Samples samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    if (spec.file().isPresent()) {
      OnnxModel own = file(teacher, spec.file().get());
      Yardstick yardstick = new Yardstick(teacher, samples, threads);
      return new Student(own, spec, List.of(), yardstick.measured(own));
    }
    requireFloat(teacher, "a student is made of a float32 teacher", "or give the student's file");
    OnnxModel cleaned = Cleanup.apply(teacher, samples.first(1), scratch, progress).model();
    Students students =
        new Students(teacher, cleaned, spec, new Refit.Data(samples, threads), progress);
    Made made = students.made();
    OnnxModel student =
        Cleanup.apply(made.model(), samples.first(1), scratch, Progress.NONE).model();
    Optional<String> difference = Contract.difference(teacher.facts(), student.facts());
    if (difference.isPresent()) {
      throw new IllegalStateException(difference.get() + "; this is a bug");
    }
    return new Student(
        student, spec.with(made.chosen()), students.notes, students.yardstick.measured(student));
  }

  private static OnnxModel file(OnnxModel teacher, Path path) throws IOException {
    OnnxModel own = OnnxModel.open(path).runnable();
    requireFloat(own, "a student learns in float32", "and quantize it after it has learnt");
    Contract.difference(teacher.facts(), own.facts())
        .ifPresent(
            difference -> {
              throw StudentSpec.bad(
                  "expected a student with the teacher's inputs and outputs, but %s"
                      .formatted(difference));
            });
    return own;
  }

  private static void requireFloat(OnnxModel model, String expected, String advice) {
    Map<String, Integer> quantized = ModelStructure.of(model).quantized();
    boolean half =
        elements(model, ElementType.FLOAT16) + elements(model, ElementType.BFLOAT16)
            > elements(model, ElementType.FLOAT);
    if (!quantized.isEmpty() || half) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "%s, %s is %s; give the float32 model that it was made from, %s"
              .formatted(
                  expected,
                  model.file(),
                  quantized.isEmpty()
                      ? "in 16 bits"
                      : "quantized (%s)".formatted(String.join(", ", quantized.keySet())),
                  advice));
    }
  }

  private static long elements(OnnxModel model, ElementType type) {
    ModelFacts.Amount amount = model.facts().weights().get(type);
    return amount == null ? 0 : amount.elements();
  }

  /** A student in the making and how it came about. */
  private record Made(OnnxModel model, Chosen chosen) {}

  private Made made() throws IOException {
    Depth.Result shallow = shallow();
    Made made = new Made(shallow.model(), new Chosen(List.of(), Map.of(), shallow.removed()));
    Chosen known = spec.chosen();
    if (!known.forms().isEmpty()) {
      return narrowed(formed(made, forms(known.forms())));
    }
    if (spec.block().isEmpty()) {
      return narrowed(made);
    }
    Blocks blocks = new Blocks(teacher, data);
    BlockSearch search = new BlockSearch(made.model(), blocks, yardstick, progress, notes);
    List<List<BlockSearch.Option>> options = search.options(spec.block().get());
    if (options.isEmpty()) {
      notes.add("no layer is faster in another form on this machine");
      return narrowed(made);
    }
    boolean timed =
        known.widths().isEmpty()
            && spec.size().filter(size -> size.measure() == Measure.LATENCY).isPresent();
    return timed
        ? fastEnough(made, options, spec.size().get().share())
        : narrowed(formed(made, BlockSearch.everywhere(options)));
  }

  private Depth.Result shallow() throws IOException {
    Depth depth = new Depth(teacher, data, yardstick, progress, notes);
    if (!spec.chosen().removed().isEmpty()) {
      return depth.without(spec.chosen().removed());
    }
    return spec.depth().isPresent()
        ? depth.keep(spec.depth().getAsDouble())
        : new Depth.Result(teacher, List.of());
  }

  private Made formed(Made made, Map<String, Form> forms) throws IOException {
    Blocks blocks = new Blocks(teacher, data);
    OnnxModel formed = blocks.replaced(made.model(), forms, Refit.Others.LINEAR);
    OnnxModel better = blocks.replaced(made.model(), forms, Refit.Others.THOROUGH);
    boolean helps = yardstick.error(better) < yardstick.error(formed);
    Chosen chosen = made.chosen();
    return new Made(
        helps ? better : formed, new Chosen(chosen.widths(), labels(forms), chosen.removed()));
  }

  /** Of a few combinations, each narrowed to the time, the one that is nearest to the teacher. */
  private Made fastEnough(Made made, List<List<BlockSearch.Option>> options, double limit)
      throws IOException {
    List<BlockSearch.Combination> front = BlockSearch.front(options, limit, MOST_TRIED);
    List<Candidate> candidates = new ArrayList<>();
    for (BlockSearch.Combination each : front) {
      int before = notes.size();
      Made tried = narrowed(formed(made, each.forms()));
      List<String> own = List.copyOf(notes.subList(before, notes.size()));
      notes.subList(before, notes.size()).clear();
      candidates.add(
          new Candidate(
              tried,
              own,
              yardstick.error(tried.model()),
              yardstick.latency(tried.model(), Yardstick.LONG_SECONDS) <= limit * CLOSE));
    }
    Candidate best = candidates.get(0);
    for (Candidate each : candidates) {
      best = each.isBetterThan(best) ? each : best;
    }
    notes.addAll(best.notes());
    return best.made();
  }

  private record Candidate(Made made, List<String> notes, double error, boolean fast) {
    boolean isBetterThan(Candidate other) {
      return fast == other.fast ? error < other.error : fast;
    }
  }

  private Made narrowed(Made made) throws IOException {
    Narrowing narrowing = new Narrowing(teacher, data, yardstick, progress);
    List<Integer> known = spec.chosen().widths();
    Narrowing.Result result = Narrowing.Result.of(made.model());
    if (!known.isEmpty()) {
      result = narrowing.to(made.model(), known);
    } else if (spec.size().isPresent()) {
      result = narrowing.to(made.model(), spec.size().get());
    }
    made.chosen().forms().forEach((layer, form) -> notes.add(layer + " became " + form));
    notes.addAll(result.notes());
    Chosen chosen = made.chosen();
    return new Made(result.model(), new Chosen(result.widths(), chosen.forms(), chosen.removed()));
  }

  private static Map<String, Form> forms(Map<String, String> labels) {
    Map<String, Form> forms = new java.util.LinkedHashMap<>();
    labels.forEach((layer, label) -> forms.put(layer, Form.parse(label)));
    return forms;
  }

  private static Map<String, String> labels(Map<String, Form> forms) {
    Map<String, String> labels = new java.util.LinkedHashMap<>();
    forms.forEach((layer, form) -> labels.put(layer, form.label()));
    return labels;
  }
}
