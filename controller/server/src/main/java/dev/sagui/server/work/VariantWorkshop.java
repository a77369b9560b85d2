/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DeviceBench;
import dev.sagui.fit.Fitting;
import dev.sagui.fit.Search;
import dev.sagui.fit.Variant;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.SigningKey;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Metric;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.Recipe;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.rollout.ReleasePlan;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.JobStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a model's variants, those of fits once, and stores their files. */
public final class VariantWorkshop {
  private static final String FITTED = "fitted";

  private final RunFolders folders;
  private final BlobFolder blobs;
  private final SigningKey key;

  /** A variant that a recipe made, and what was measured on the way. */
  record Compressed(CompressionReport report, StoredVariant variant) {}

  /** What a search found, and the variants worth keeping. */
  record Fitted(Fitting fitting, List<StoredVariant> variants) {}

  /**
   * A variant that is wanted.
   *
   * @param profile whose instruction set it is for; this machine's if empty
   */
  record Wanted(Model model, ArtifactName name, Recipe recipe, Optional<DeviceProfile> profile) {}

  public VariantWorkshop(RunFolders folders, BlobFolder blobs, SigningKey key) {
    this.folders = folders;
    this.blobs = blobs;
    this.key = key;
  }

  /**
   * Takes a model through a recipe and stores the files; the variant is not listed yet.
   *
   * @param hold what earlier ones of the run left is deleted
   * @param progress may throw to end it
   * @throws dev.sagui.failure.RejectedException BUDGET_NOT_MET when a gate of the recipe is missed
   */
  Compressed compressed(JobStore.Hold hold, Wanted wanted, Progress progress) throws IOException {
    Path work = folders.taken(hold, RunFolders.TakeOver.NONE);
    Path source = source(wanted.model(), work);
    Path out = work.resolve(wanted.name().value());
    int threads = Runtime.getRuntime().availableProcessors();
    CompressionReport report =
        new Compression(threads, wanted.profile()).compress(source, wanted.recipe(), out, progress);
    requireMet(report);
    Variant variant = Variant.of(wanted.name(), source, out, report);
    progress.at("storing", 1);
    return new Compressed(report, store(wanted.model(), variant));
  }

  private static void requireMet(CompressionReport report) {
    for (Gate.Verdict verdict : report.gates()) {
      if (!verdict.met()) {
        throw new RejectedException(
            FailureCode.BUDGET_NOT_MET,
            "the recipe's gate was missed: %s is %s, the limit is %s; nothing was kept"
                .formatted(verdict.gate().name(), verdict.value(), verdict.gate().limit()));
      }
    }
  }

  /**
   * Searches for variants and stores their files; they are not listed yet.
   *
   * @param hold goes on from what earlier ones of the run left
   * @param bench measures some of them
   */
  Fitted fitted(
      JobStore.Hold hold, Model model, Search.Demand demand, DeviceBench bench, Progress progress)
      throws IOException {
    Path work = folders.taken(hold, VariantWorkshop::takeOver);
    Path out = work.resolve(FITTED);
    Fitting fitting = Search.run(source(model, work), demand, out, bench, progress);
    List<StoredVariant> stored = new ArrayList<>();
    for (Variant variant : fitting.variants(out)) {
      stored.add(store(model, variant));
    }
    return new Fitted(fitting, stored);
  }

  private static void takeOver(Path left, Path own) throws IOException {
    Search.takeOver(left.resolve(FITTED), own.resolve(FITTED));
  }

  /** A folder of the model's name with its files under their own, as links to the blobs. */
  private Path source(Model model, Path work) throws IOException {
    Path source = work.resolve("source").resolve(model.name().value());
    blobs.link(model.files(), source);
    return source;
  }

  /** Signs a variant for a device that measures it. */
  BenchJob.Part benchPart(Model model, StoredVariant variant, DeviceProfile profile)
      throws IOException {
    byte[] signed = key.sign(ReleasePlan.bench(model, variant, profile));
    return new BenchJob.Part(blobs.put(signed).digest(), signed.length);
  }

  /** The variant's files as blobs; it is not listed yet. */
  StoredVariant store(Model model, Variant variant) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (Path file : variant.files()) {
      files.add(blobs.put(variant.folder().relativize(file).toString(), file));
    }
    StoredFile golden = blobs.put(String.valueOf(variant.golden().getFileName()), variant.golden());
    return new StoredVariant(
        model.name(),
        variant.name(),
        variant.bytes(),
        variant.quality().metric(Metric.PSNR_DB),
        variant.quality().identical(),
        variant.p50Millis(),
        files.get(0).name(),
        files,
        golden);
  }
}
