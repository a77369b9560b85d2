/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.distill.AgainstTeacher;
import dev.sagui.distill.Student;
import dev.sagui.distill.StudentSpec;
import dev.sagui.distill.Students;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Students of the demo's generators after so many steps of distillation. */
final class DistillBench implements Benchmark {
  private static final int THREADS = 2;

  private static final List<String> NOTES =
      List.of(
          "PSNR against the teacher on 256 latents of seed 999 (ESRGAN-slim: 8 drawn pictures of"
              + " 64 × 64) that no step sees, of the moving average of the weights; the teacher's"
              + " nominal range: 1, 2, 255.",
          "Latents are drawn anew each step, 64 in a batch over %d threads; Adam at 1e-3 down one"
                  .formatted(THREADS)
              + " cosine over all steps of the row, L1 + 0.1 (1 − SSIM).",
          "KID of generators: kernel distance of the same pictures on features of a network that was"
              + " never trained; its target is the 95th percentile of 20 splits of the teacher's own"
              + " pictures in halves.",
          "Students are pruned and repaired by least squares, or of cheaper layers, before the first"
              + " step; `random`: the same net with new weights, at 2e-3.");

  private final Workshop workshop;
  private final Consumer<String> progress;
  private final TableParts table;

  DistillBench(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "train-distill";
  }

  @Override
  public String summary() {
    return "students of generators after so many steps";
  }

  /**
   * What is wanted.
   *
   * @param step of it, or seconds
   */
  record Wanted(long step, double psnrDb) {}

  @Override
  public Table run(LocalDate today) {
    String decoder = "fashion-vae-decoder.onnx";
    String latents = "latent:normal:7:256";
    String judged = "latent:normal:999:256";
    part(
        new DistillSubject("VAE decoder, 50 % of the FLOPs removed", decoder, latents, judged),
        Map.of("flops", 0.5),
        true,
        new Wanted(700, 42.5),
        new Wanted(1400, 43.5));
    part(
        new DistillSubject("VAE decoder, 75 % removed", decoder, latents, judged),
        Map.of("flops", 0.25),
        true,
        new Wanted(150, 35.5),
        new Wanted(900, 38),
        new Wanted(1900, 38.8));
    part(
        new DistillSubject(
            "DCGAN generator, 57 % removed", "fashion-dcgan-generator.onnx", latents, judged),
        Map.of("flops", 0.43),
        false,
        new Wanted(900, 30));
    part(
        new DistillSubject(
            "VAE decoder, cheaper block to 0.45 × latency", decoder, latents, judged),
        Map.of("block", "auto", "latency", 0.45),
        false,
        new Wanted(3000, 36));
    superResolution();
    return table.table(this, "Distillation of generators", today, "", Optional.empty(), NOTES);
  }

  private void superResolution() {
    Path learnt = workshop.scratch().resolve("distill-learnt.npz");
    Path judged = workshop.scratch().resolve("distill-judged.npz");
    NpzFile.write(learnt, QuantizeGenerators.pictures(1000, 32));
    NpzFile.write(judged, QuantizeGenerators.pictures(999, 8));
    part(
        new DistillSubject(
            "ESRGAN-slim x2, 75 % removed",
            "esrgan-slim-x2.onnx", "npz:" + learnt, "npz:" + judged),
        Map.of("flops", 0.25),
        false,
        new Wanted(300, 45));
  }

  private void part(
      DistillSubject subject, Map<String, ?> student, boolean random, Wanted... wanted) {
    table.part(subject.what(), () -> measure(subject, student, random, List.of(wanted)));
  }

  private void measure(
      DistillSubject subject, Map<String, ?> spec, boolean random, List<Wanted> wanted) {
    try (Scratch scratch = Scratch.create()) {
      OnnxModel teacher =
          OnnxModel.open(workshop.root().resolve("deploy/demo/models").resolve(subject.model()));
      Samples learnt = samples(teacher, subject.learnt());
      AgainstTeacher judge =
          AgainstTeacher.of(teacher, samples(teacher, subject.judged()), THREADS);
      Student student =
          Students.of(teacher, StudentSpec.parse(spec), learnt, scratch, THREADS, Progress.NONE);
      DistillRace race = new DistillRace(teacher, learnt, judge, THREADS, progress);
      List<Goal> goals = new ArrayList<>();
      String ours =
          String.format(
              Locale.ROOT,
              "%.2f × FLOPs, %.2f × latency; start %.1f dB; ",
              student.measured().flops(),
              student.measured().latency(),
              judge.of(student.model()).value());
      ours += race.run(student.model(), 1e-3, wanted, goals);
      String other =
          random
              ? "random: "
                  + race.run(RandomWeights.of(student.model(), 1), 2e-3, wanted, new ArrayList<>())
              : Row.NONE;
      table.add(Row.judged(subject.what(), ours, other, goals));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Samples samples(OnnxModel model, String spec) {
    return Samples.of(model, Map.of("", DataSpec.parse(spec)));
  }
}
