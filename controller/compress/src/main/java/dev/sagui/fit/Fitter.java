/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.StagedFolder;
import dev.sagui.quality.Comparison;
import dev.sagui.quantize.StoreFormat;
import dev.sagui.quantize.WeightStore;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Makes the variants of a model and chooses among them for a device. */
public final class Fitter {
  /** Names of the variants that {@link #variants} makes. */
  public static final Set<String> OURS = Set.of("fp32", "fp16", "int8");

  /**
   * Makes the variants: fp32, the files byte for byte as they came; fp16 and int8, cleaned up and
   * stored.
   *
   * @param model an {@code .onnx} file or a folder with one
   * @param outDir gets one folder a variant; appears complete or not at all
   * @throws dev.sagui.failure.RejectedException for models that cannot be used
   * @throws IOException the disk failed or is full; nothing is left behind
   */
  public List<Variant> variants(Path model, Path outDir, Progress progress) throws IOException {
    OnnxModel source = OnnxModel.open(model).runnable();
    try (StagedFolder folder = StagedFolder.create(outDir, OURS).keeping(source);
        Scratch scratch = Scratch.create()) {
      List<Variant> staged = new ArrayList<>();
      staged.add(asIs(source, folder.path().resolve("fp32"), progress));
      OnnxModel folded = folded(source, scratch, progress);
      for (StoreFormat format : StoreFormat.plain()) {
        Path at = Files.createDirectory(folder.path().resolve(format.label()));
        ModelWriter.write(WeightStore.apply(folded, format, progress).model(), at, progress);
        staged.add(measured(source, OnnxModel.open(at), at, format.label(), progress));
      }
      folder.publish();
      return staged.stream().map(variant -> moved(variant, outDir)).toList();
    }
  }

  private static OnnxModel folded(OnnxModel source, Scratch scratch, Progress progress)
      throws IOException {
    Samples samples = Samples.of(source.facts(), DefaultData.of(source.facts()));
    return Cleanup.apply(source, samples.first(1), scratch, progress).model();
  }

  private static Variant asIs(OnnxModel source, Path folder, Progress progress) throws IOException {
    Path from = Objects.requireNonNull(source.file().toAbsolutePath().getParent());
    for (Path file : source.files()) {
      Path to = folder.resolve(from.relativize(file.toAbsolutePath()).toString());
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      Files.copy(file, to);
    }
    return measured(source, OnnxModel.open(folder), folder, "fp32", progress);
  }

  /**
   * Measures a variant that lies in {@code folder} against the model that it was made of, as those
   * of {@link #variants}, and writes its golden file beside it.
   */
  public static Variant measured(Path model, Path folder, ArtifactName name, Progress progress)
      throws IOException {
    OnnxModel source = OnnxModel.open(model).runnable();
    return measured(source, OnnxModel.open(folder), folder, name.value(), progress);
  }

  private static Variant measured(
      OnnxModel source, OnnxModel variant, Path folder, String name, Progress progress)
      throws IOException {
    ModelFacts facts = source.facts();
    DataSpec data = DefaultData.of(facts);
    Progress named = (what, fraction) -> progress.at(name + ": " + what, fraction);
    Comparison comparison =
        Comparison.of(source, variant, Samples.of(facts, data), data.toString(), 1, named);
    DataSpec golden = data.with(GoldenFile.SEED, GoldenFile.BATCH);
    Path goldenFile = GoldenFile.write(variant, Samples.of(facts, golden), folder);
    return new Variant(
        new ArtifactName(name),
        folder,
        variant.files(),
        variant.sizeBytes() + Files.size(goldenFile),
        comparison.quality().psnrDb(),
        comparison.quality().identical(),
        goldenFile,
        comparison.candidate().p50Millis());
  }

  private static Variant moved(Variant staged, Path outDir) {
    Path folder = outDir.resolve(staged.name().value());
    return new Variant(
        staged.name(),
        folder,
        staged.files().stream()
            .map(file -> folder.resolve(staged.folder().relativize(file).toString()))
            .toList(),
        staged.bytes(),
        staged.psnrDb(),
        staged.identical(),
        folder.resolve(GoldenFile.NAME),
        staged.p50Millis());
  }

  /**
   * The variant of the best quality that a device of {@code profile} can carry; see {@link Plan}.
   */
  public static Choice choose(DeviceProfile profile, List<Variant> variants) {
    return Plan.choose(profile, variants);
  }
}
