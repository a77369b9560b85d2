/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.StagedFolder;
import dev.sagui.quality.Tolerance;
import dev.sagui.recipe.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tries recipes on a model, measures what comes of them, and chooses a variant for each device.
 *
 * <p>What keeps the floors no more is not cut further, and what does not depend on a device's
 * instruction set is made once.
 */
public final class Search {
  private static final String JSON = "fit.json";
  private static final String PAGE = "fit.html";

  /** For the race of the best. */
  private static final double TAIL_SECONDS = 4;

  /** Of the allowance, at most. */
  private static final double TAIL_SHARE = 0.5;

  private final Demand demand;
  private final Workbench bench;
  private final Proof proof;
  private final Stint stint;
  private final Progress progress;
  private final Making making;

  /**
   * What is asked of a search.
   *
   * @param limits those of a device's profile hold beside them
   * @param allowance for all of the search; a recipe that would take it beyond is not begun
   */
  public record Demand(
      List<DeviceProfile> devices,
      Limits limits,
      Preference preference,
      Workbench.Settings settings,
      Duration allowance) {
    public Demand {
      devices = List.copyOf(devices);
      limits.expectProfiles(
          devices.stream().map(device -> device.name().value()).collect(Collectors.toSet()));
    }

    List<Wish> wishes() {
      return devices.stream().map(device -> Wish.of(device, limits)).toList();
    }

    double allowanceSeconds() {
      return allowance.toMillis() / 1e3;
    }
  }

  /** Whether a search may give that name to a variant. */
  public static boolean reserves(ArtifactName name) {
    String plain = name.value().replaceFirst("-(u8s8|s8s8)(-in-pairs)?$", "");
    return plain.equals(Workbench.AS_IT_CAME)
        || Candidate.all(Tolerance.ofSqnr(1), Duration.ofMinutes(1)).stream()
            .anyMatch(c -> c.name().equals(plain));
  }

  private Search(Demand demand, Workbench bench, Proof proof, Stint stint, Progress progress) {
    this.demand = demand;
    this.bench = bench;
    this.proof = proof;
    this.stint = stint;
    this.progress = progress;
    this.making = new Making(demand, bench, stint, progress);
  }

  /**
   * @param model an {@code .onnx} file or a folder with one
   * @param outDir gets {@code fit.json}, {@code fit.html} and a folder for each variant on a front;
   *     appears complete or not at all. When the process ends, or {@code progress} throws, what was
   *     made stays hidden beside it, and the next search into the same folder goes on from that
   *     where it wants the same
   * @throws RejectedException for models, data and folders that cannot be used
   * @throws IOException the disk failed or is full; nothing is left behind
   */
  public static Fitting run(Path model, Demand demand, Path outDir, Progress progress)
      throws IOException {
    return run(model, demand, outDir, DeviceBench.NONE, progress);
  }

  /**
   * The same, with devices that measure what may be chosen.
   *
   * @param bench is asked for a few variants of each profile
   */
  public static Fitting run(
      Path model, Demand demand, Path outDir, DeviceBench bench, Progress progress)
      throws IOException {
    if (demand.devices().isEmpty()) {
      throw new RejectedException(FailureCode.BAD_REQUEST, "expected a device profile to fit to");
    }
    OnnxModel source = OnnxModel.open(model).runnable();
    try (StagedFolder folder = StagedFolder.create(outDir, ours(outDir)).keeping(source);
        WorkFolder work = WorkFolder.open(outDir)) {
      try {
        Fitting fitting = fitting(model, demand, bench, work, folder, progress);
        work.drop();
        return fitting;
      } catch (RejectedException | IOException e) {
        if (!Thread.currentThread().isInterrupted()) { // else the process ends
          work.drop();
        }
        throw e;
      }
    }
  }

  /**
   * Names of what a search that was ended has made, and one into the same folder may go on from.
   */
  public static List<String> left(Path outDir) throws IOException {
    return WorkFolder.left(outDir).stream().filter(name -> !name.startsWith(".")).toList();
  }

  /**
   * Lets a search into {@code to} go on from what one into {@code from} has made, whose process may
   * be frozen: when it goes on, it fails, and touches nothing of what was taken from it.
   */
  public static void takeOver(Path from, Path to) throws IOException {
    WorkFolder.takeOver(from, to);
  }

  /** Where that lies. */
  public static Path workFolder(Path outDir) {
    return WorkFolder.beside(outDir);
  }

  private static Fitting fitting(
      Path model,
      Demand demand,
      DeviceBench devices,
      WorkFolder work,
      StagedFolder folder,
      Progress progress)
      throws IOException {
    Workbench bench = new Workbench(model, demand.settings(), work);
    Stint stint = new Stint();
    Proof.Limit limit = new Proof.Limit(stint, demand.allowanceSeconds());
    Proof proof = new Proof(devices, work.path(), progress, limit);
    Fitting fitting = new Search(demand, bench, proof, stint, progress).fitting(model);
    bench.hand(fitting.tried().stream().filter(fitting::shows).toList(), folder.path());
    Files.write(folder.path().resolve(JSON), Json.pretty(fitting.json()));
    Files.write(folder.path().resolve(PAGE), FitPage.of(fitting));
    folder.publish();
    return fitting;
  }

  /** What an earlier search left there. */
  private static Set<String> ours(Path outDir) throws IOException {
    if (!Files.exists(outDir.resolve(JSON))) {
      return Set.of(JSON, PAGE);
    }
    try (var entries = Files.list(outDir)) {
      return Set.copyOf(entries.map(entry -> entry.getFileName().toString()).toList());
    }
  }

  private Fitting fitting(Path model) throws IOException {
    Optional<Speeds> speeds = speeds();
    making.all(Candidate.all(floor(), demand.settings().distill()), this::makingSeconds, speeds);
    return decided(model, speeds);
  }

  /** What is left of the allowance once the best were raced, here and on devices. */
  private double makingSeconds(HostTimes here) {
    double all = demand.allowanceSeconds();
    Attempt reference = making.tried().get(0);
    double tail = proof.expectedSeconds(demand.wishes(), reference, here) + TAIL_SECONDS;
    return all - Math.min(TAIL_SHARE * all, tail);
  }

  /** What recipes that look at outputs shall keep. */
  private Tolerance floor() {
    return new Tolerance(
        demand.limits().find("sqnr").orElse(Step.StoreMixed.USUAL_SQNR_DB),
        demand.limits().find("mel").orElse(Tolerance.USUAL_MEL));
  }

  /** Measured when a device is to be compared with this machine. */
  private Optional<Speeds> speeds() throws IOException {
    if (demand.devices().stream().noneMatch(device -> device.speeds().isPresent())) {
      return Optional.empty();
    }
    progress.at("probe: this machine's speeds", 0);
    return Optional.of(SpeedProbe.measure(demand.settings().threads()));
  }

  private Fitting decided(Path model, Optional<Speeds> speeds) throws IOException {
    Set<Attempt> finalists = new LinkedHashSet<>();
    decisions(making.tried(), speeds).forEach(choice -> finalists.addAll(choice.rivals()));
    progress.at("race: the best against each other", 1);
    List<Attempt> measured = bench.raced(making.tried(), finalists);
    HostTimes here = HostTimes.of(measured, speeds);
    List<Decision> decisions = proof.of(demand.wishes(), here, demand.preference(), measured);
    Map<String, String> dropped = new LinkedHashMap<>(making.dropped());
    dropped.putAll(proof.unfit());
    return new Fitting(
        String.valueOf(model.getFileName()),
        demand.preference(),
        measured,
        dropped,
        decisions,
        bench.outputs(measured.get(0), decisions),
        speeds,
        stint.seconds());
  }

  private List<Decision> decisions(List<Attempt> attempts, Optional<Speeds> speeds) {
    HostTimes here = HostTimes.of(attempts, speeds);
    return demand.wishes().stream()
        .map(
            wish ->
                Decision.of(
                    wish, new DeviceTime(wish.device(), here), demand.preference(), attempts))
        .toList();
  }
}
