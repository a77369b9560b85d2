/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import dev.sagui.fit.Attempt;
import dev.sagui.fit.Decision;
import dev.sagui.fit.Fitting;
import dev.sagui.fit.Limits;
import dev.sagui.fit.Preference;
import dev.sagui.fit.Search;
import dev.sagui.fit.SpeedProbe;
import dev.sagui.fit.Workbench;
import dev.sagui.isa.HostMachine;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a fit chooses and predicts beside measuring every variant, and beside tools' defaults. */
final class FitBench implements Benchmark {
  private static final String DEMO = "fit";
  private static final double MOST_SECONDS = 180;
  private static final double MINUTES = 9;

  /** Half of the model's bytes, and a twentieth for its golden file. */
  private static final double FLASH = 0.55;

  private static final List<String> NOTES =
      List.of(
          "The device: ONNX Runtime on one thread, and on two, in this process; the search takes them"
              + " for devices of two profiles whose speeds were probed, and asks them as it asks agents.",
          "Regret: what the chosen variant takes on the device to the fastest of all made that keep the"
              + " same limits (quality floor, 0.55 of the bytes, the golden file in them); both of the same"
              + " interleaved runs.",
          "Measurements: of variants that the search asked the device for, of all that it made.",
          "Not measured there: variants that the device was not asked for, that were run on the host."
              + " Not run anywhere: each variant by a cost model of the host that was fitted to those"
              + " alone that do other work. Ranks: Spearman's; two variants of which the 95 % interval of the ratio, of"
              + " five races, each with sessions and an order of its own (Student's t), holds 1 are ties.",
          "Peers run with their defaults on the same calibration samples; beside each stands the"
              + " fastest variant of the search's front that is worse in none of bytes, latency (by"
              + " more than 2 %) and quality (0.2 dB), else the fastest that is as good. Bytes are of the model's"
              + " files, latency to fp32, dB on other samples.");

  private final String name;
  private final Supplier<QuantizeSubject> subject;
  private final String floor;
  private final List<String> peers;
  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final TableParts table;

  private FitBench(
      String name,
      String floor,
      Supplier<QuantizeSubject> subject,
      List<String> peers,
      Workshop workshop,
      boolean withPeer,
      Consumer<String> progress) {
    this.name = name;
    this.floor = floor;
    this.subject = subject;
    this.peers = peers;
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  static FitBench decoder(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    return new FitBench(
        DEMO,
        "sqnr=30",
        new QuantizeGenerators(workshop)::decoder,
        List.of("ort-static", "nncf-ptq"),
        workshop,
        withPeer,
        progress);
  }

  static FitBench superResolution(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    return new FitBench(
        "fit-esrgan",
        "sqnr=35",
        new QuantizeGenerators(workshop)::superResolution,
        List.of("ort-static", "nncf-ptq"),
        workshop,
        withPeer,
        progress);
  }

  static FitBench ocr(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    return new FitBench(
        "fit-ocr",
        "sqnr=20",
        new QuantizeOcr(workshop)::detector,
        List.of("ort-static-op17", "nncf-ptq-op17"),
        workshop,
        withPeer,
        progress);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return "a search's choice and predictions beside measuring every variant, and tools' defaults";
  }

  @Override
  public Table run(LocalDate today) {
    QuantizeSubject model = subject.get();
    Optional<QuantizePeers> tools =
        withPeer ? Optional.of(QuantizePeers.install(workshop, progress)) : Optional.empty();
    table.part(model.title(), () -> search(model, tools));
    return table.table(
        this,
        "Fit: " + model.title(),
        today,
        TableParts.peerOption(withPeer),
        Optional.of(tools.map(QuantizePeers::versions).orElse("no peer")),
        NOTES);
  }

  private void search(QuantizeSubject model, Optional<QuantizePeers> tools) {
    try {
      List<Tensor> sample = QuantizeRuns.split(model.heldOut().get(0), 1).get(0);
      FitDevice one = new FitDevice(sample);
      FitDevice two = new FitDevice(sample);
      List<DeviceProfile> devices = List.of(device(1), device(2));
      Path out = workshop.folder("fit").resolve("fitted");
      DataSpec data = DataSpec.parse("npz:" + model.calibration());
      long flash = (long) (FLASH * OnnxModel.open(model.model()).sizeBytes());
      Search.Demand demand =
          new Search.Demand(
              devices,
              Limits.parse(Optional.of("flash=" + flash), Optional.of(floor)),
              Preference.SPEED,
              new Workbench.Settings(7, Map.of("", data), 1),
              Duration.ofSeconds((long) (60 * MINUTES)));
      Fitting fitting =
          Search.run(
              model.model(),
              demand,
              out,
              FitDevice.all(Map.of(1, one, 2, two)),
              (what, part) -> progress.accept(what));
      double seconds = fitting.seconds() - one.seconds() - two.seconds();
      table.add(
          Row.judged(
              model.title() + ": search, two profiles, without devices' runs",
              String.format(Locale.ROOT, "%.0f s", seconds),
              Row.NONE,
              goals(seconds)));
      List<Fields> choices = Fields.parse(Json.write(fitting.json())).objects("choices", f -> f);
      table.addAll(FitRows.of(model.title() + ", one thread", choices.get(0), one));
      table.addAll(FitRows.of(model.title() + ", two threads", choices.get(1), two));
      table.add(FitRows.neverRun(model.title(), fitting, one));
      duel(model, out, fitting.decisions().get(0), tools);
    } catch (IOException e) {
      throw new UncheckedIOException("the fit failed: " + e.getMessage(), e);
    }
  }

  /** How long a search may take is said of the demo's model. */
  private List<Goal> goals(double seconds) {
    return name.equals(DEMO) ? List.of(Goal.atMost(seconds, MOST_SECONDS, "%.0f s")) : List.of();
  }

  private static DeviceProfile device(int threads) throws IOException {
    DeviceProfile host = HostMachine.profile();
    return new DeviceProfile(
            new ArtifactName("bench-%d-thread".formatted(threads)),
            "this machine",
            host.architecture(),
            host.isaFlags(),
            threads,
            host.ramBytes(),
            threads,
            new Budget(Long.MAX_VALUE, Long.MAX_VALUE, Double.POSITIVE_INFINITY),
            Optional.empty())
        .with(SpeedProbe.measure(threads));
  }

  private void duel(
      QuantizeSubject model, Path out, Decision decision, Optional<QuantizePeers> tools)
      throws IOException {
    if (tools.isEmpty() || decision.chosen().isEmpty()) {
      return;
    }
    List<FitDuel.Judged> front = new ArrayList<>();
    for (Attempt attempt : decision.front()) {
      Path folder = workshop.folder("front");
      for (Path file : OnnxModel.open(out.resolve(attempt.name().value())).files()) {
        Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
      }
      progress.accept(model.title() + ": " + attempt.name());
      QuantizeScores scores = QuantizeJudge.scores(model, OnnxModel.open(folder).file());
      front.add(new FitDuel.Judged(attempt.name().value(), scores));
    }
    front.sort(Comparator.comparingDouble(each -> each.scores().latency().get(0)));
    for (String method : peers) {
      table.part(
          model.title() + ": " + method,
          () -> table.add(beside(model, front, tools.get(), method)));
    }
  }

  private Row beside(
      QuantizeSubject model, List<FitDuel.Judged> front, QuantizePeers tools, String method) {
    Path out = workshop.folder("peer").resolve("model.onnx");
    tools.run(method, model.model(), model.calibration(), out);
    QuantizeScores theirs = QuantizeJudge.scores(model, out);
    return FitDuel.row(model.title() + " beside " + method, front, theirs);
  }
}
