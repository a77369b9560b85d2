/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.distill.StudentSpec;
import dev.sagui.fold.Scratch;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Training;
import dev.sagui.train.folder.SampleSheet;
import dev.sagui.transfer.Transfer;
import dev.sagui.transfer.TransferSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A trained model that adapts to other data.
 *
 * @param keys as they were read, with whole paths
 * @param spec the same, understood
 */
record TransferRecipe(Map<String, Object> keys, TransferSpec spec, Course course)
    implements TrainingRecipe {
  private static final String BASE = "base";
  private static final String ENCODER = "encoder";
  private static final String STUDENT = "student";
  private static final String FILE = "file";
  private static final String OUT = "out";
  private static final String THREADS = "threads";

  TransferRecipe {
    keys = new LinkedHashMap<>(keys);
  }

  static TransferRecipe parse(Keys written, Path base) {
    List<String> known = new ArrayList<>(TransferSpec.names());
    known.remove(THREADS); // as of every run, by --threads
    known.add(OUT);
    written.only(known);
    Map<String, Object> keys = new LinkedHashMap<>(written.map());
    keys.remove(OUT);
    for (String key : List.of(BASE, ENCODER)) {
      keys.computeIfPresent(key, (name, file) -> base.resolve(file.toString()).toString());
    }
    keys.computeIfPresent(STUDENT, (name, student) -> at(student, base));
    TransferSpec spec = TransferSpec.parse(keys);
    Course course =
        new Course(spec.seed(), written.text(OUT).map(base::resolve), Map.of(), spec.keys());
    return new TransferRecipe(keys, spec, course);
  }

  /** A student's file is relative to the recipe. */
  private static Object at(Object student, Path base) {
    if (!(student instanceof Map<?, ?> written)) {
      return student;
    }
    Map<Object, Object> whole = new LinkedHashMap<>(written);
    whole.computeIfPresent(FILE, (key, file) -> base.resolve(file.toString()).toString());
    return whole;
  }

  @Override
  public Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put(BASE, spec.base());
    spec.encoder().ifPresent(file -> files.put(ENCODER, file));
    spec.simpler().base().flatMap(StudentSpec::file).ifPresent(file -> files.put(STUDENT, file));
    return files;
  }

  @Override
  public Map<String, Object> json(Course at, Path base) {
    Map<String, Object> map = spec.json();
    files()
        .forEach(
            (key, file) -> {
              String relative = RecipePaths.relative(file, base);
              map.put(key, key.equals(STUDENT) ? Map.of(FILE, relative) : relative);
            });
    map.putAll(at.training().json());
    map.remove(THREADS);
    return map;
  }

  @Override
  public Prepared prepare(int threads, Scratch scratch, Progress progress) throws IOException {
    Map<String, Object> shared = new LinkedHashMap<>(keys);
    shared.put(THREADS, threads);
    Transfer transfer = Transfer.of(TransferSpec.parse(shared), scratch, progress);
    Course plan = course.over(transfer.samples());
    Training training = transfer.training(plan.training().trainer());
    SampleSheet shown =
        transfer.sheet().isPresent() ? transfer.sheet().get() : ScratchRecipe.sheet(training);
    return new Prepared(
        new TransferRecipe(keys, transfer.spec(), course),
        plan,
        training,
        Prepared.shards(plan.training().batch(), threads),
        shown,
        Map.of("before", transfer.figures()),
        best -> Map.of("against_base", costs(transfer, best).json()));
  }

  private AgainstOriginal costs(Transfer transfer, OnnxModel best) throws IOException {
    OnnxModel base = OnnxModel.open(spec.base()).runnable();
    Optional<List<Tensor>> window = transfer.window();
    return AgainstOriginal.of(base, best, window.isPresent() ? window.get() : sample(base));
  }

  private List<Tensor> sample(OnnxModel base) {
    DataSpec inputs = spec.encoder().isPresent() ? DataSpec.HELD_OUT_LATENTS : spec.data().inputs();
    return Samples.of(base, Map.of("", inputs)).first(1);
  }
}
