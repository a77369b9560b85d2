/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.BenchResult;
import dev.sagui.fit.Attempt;
import dev.sagui.fit.Decision;
import dev.sagui.fit.DeviceBench;
import dev.sagui.fit.Search;
import dev.sagui.json.Fields;
import dev.sagui.onnx.Progress;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BenchedDevices;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.FitPageStore;
import dev.sagui.server.store.JobStore;
import dev.sagui.server.store.RunStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Searches for variants, as jobs. */
public final class Fits {
  private static final String JOB = "fit";

  /** Those for which devices measure: done where the link to the devices is. */
  private static final String MEASURED_JOB = "measured-fit";

  private static final String REQUEST = "request";

  /** Of the page of a fit, as the controller serves it. */
  private static final String TOP =
      "<link rel=\"stylesheet\" href=\"/fits/style.css\">"
          + "<link rel=\"icon\" href=\"/page/icon.svg\" type=\"image/svg+xml\">"
          + "<script src=\"/fits/echarts.js\" defer></script>"
          + "<script src=\"/page/fit.js\" defer></script><p><a href=\"/\">Sagui</a></p>\n";

  private final Runs<Fit> runs;
  private final FitPageStore pages;
  private final VariantWorkshop workshop;
  private final Profiles profiles;
  private final BenchedDevices benched;

  public Fits(Database database, Runs.Office office, VariantWorkshop workshop, Profiles profiles) {
    this.runs = new Runs<>(Event.Kind.FIT, RunStore.fits(database), office);
    this.pages = new FitPageStore(database);
    this.workshop = workshop;
    this.profiles = profiles;
    this.benched = new BenchedDevices(new BenchStore(database), profiles::find);
  }

  /**
   * Starts a fit and returns at once.
   *
   * @param request as the REST API takes it
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST or UNKNOWN_PROFILE
   */
  public Fit start(Model model, Fields request) {
    Search.Demand demand = FitRequest.demand(request, profiles::get);
    boolean measured = FitRequest.patience(request).isPresent();
    List<String> names = demand.devices().stream().map(profile -> profile.name().value()).toList();
    String id = "fit-" + UUID.randomUUID().toString().substring(0, 13);
    return runs.start(
        Fit.started(id, model.name().value(), names),
        measured ? MEASURED_JOB : JOB,
        Map.of(REQUEST, request.values()));
  }

  public Optional<Fit> find(String id) {
    return runs.find(id);
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Fit> list(int offset, int limit) {
    return runs.list(offset, limit);
  }

  /**
   * Forgets a fit; one that runs ends where it next tells its progress, and leaves nothing.
   * Variants that were made stay.
   *
   * @return whether it was there
   */
  public boolean remove(String id) {
    return runs.remove(id);
  }

  /** Its jobs that need no devices. */
  public Jobs.Kind jobs() {
    return runs.kind(
        JOB,
        (hold, fit, what, told) ->
            fitted(hold, fit, runs.model(fit), what, DeviceBench.NONE, told));
  }

  /** Its jobs for which devices measure. */
  public Jobs.Kind measuredJobs(Benches benches) {
    return runs.kind(
        MEASURED_JOB,
        (hold, fit, what, told) -> {
          Model model = runs.model(fit);
          Duration patience = FitRequest.patience(what.object(REQUEST)).orElseThrow();
          BenchRequests bench = new BenchRequests(model, workshop, benches, patience);
          return fitted(hold, fit, model, what, bench, told);
        });
  }

  void tellElsewhere(Map<String, String> told) {
    runs.tellElsewhere(told);
  }

  private Runs.Made<Fit> fitted(
      JobStore.Hold hold, Fit fit, Model model, Fields what, DeviceBench bench, Progress progress)
      throws IOException {
    Search.Demand demand =
        FitRequest.demand(
            what.object(REQUEST),
            names -> profiles.get(names).stream().map(benched::probed).toList());
    VariantWorkshop.Fitted made = workshop.fitted(hold, model, demand, bench, progress);
    pages.put(fit.id(), made.fitting().page(TOP));
    List<Fit.Chosen> choices = made.fitting().decisions().stream().map(Fits::chosen).toList();
    String message = String.join("; ", choices.stream().map(Fit.Chosen::reason).toList());
    return new Runs.Made<>(
        fit.done(choices), new RunStore.Results(made.variants(), List.of()), message);
  }

  private static Fit.Chosen chosen(Decision decision) {
    return new Fit.Chosen(
        decision.wish().device().name().value(),
        decision.chosen().map(Attempt::name).map(ArtifactName::value),
        decision.reason(),
        decision.times(),
        decision.measured().map(Fits::onDevice));
  }

  private static Fit.OnDevice onDevice(DeviceBench.Measured measured) {
    BenchResult.Ratio ratio = measured.result().ratio();
    return new Fit.OnDevice(measured.device().value(), ratio.value(), ratio.low(), ratio.high());
  }

  /** The page of a fit that is done. */
  public Optional<String> findPage(String id) {
    return pages.find(id);
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
