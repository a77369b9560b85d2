/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.BenchResult;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.Attempt;
import dev.sagui.fit.Decision;
import dev.sagui.fit.DeviceBench;
import dev.sagui.fit.Fitting;
import dev.sagui.fit.Search;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.FitStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/** Runs fits one after the other. */
public final class Fits implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Fits.class);

  /** Of the page of a fit, as the controller serves it. */
  private static final String TOP =
      "<link rel=\"stylesheet\" href=\"/fits/style.css\">"
          + "<link rel=\"icon\" href=\"/page/icon.svg\" type=\"image/svg+xml\">"
          + "<script src=\"/fits/echarts.js\" defer></script>"
          + "<script src=\"/page/fit.js\" defer></script><p><a href=\"/\">Sagui</a></p>\n";

  private final Map<String, Fit> live = new ConcurrentHashMap<>();
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> daemon(task, "sagui-fit"));
  private final FitStore fits;
  private final VariantWorkshop workshop;
  private final Benches benches;
  private final EventStore events;
  private final Clock clock;

  public Fits(
      FitStore fits, VariantWorkshop workshop, Benches benches, EventStore events, Clock clock) {
    this.benches = benches;
    this.fits = fits;
    this.workshop = workshop;
    this.events = events;
    this.clock = clock;
    fits.running().forEach(this::interrupted);
  }

  private void interrupted(Fit fit) {
    fits.put(
        fit.failed(
            FailureCode.STAGE_TIMED_OUT,
            "the controller was stopped during the fit; start it again"),
        clock.instant());
  }

  /**
   * Starts a fit and returns at once.
   *
   * @param patience with devices that shall measure; empty when none shall
   */
  public Fit start(Model model, Search.Demand demand, Optional<Duration> patience) {
    List<String> names = demand.devices().stream().map(profile -> profile.name().value()).toList();
    Fit fit =
        Fit.started(
            "fit-" + UUID.randomUUID().toString().substring(0, 13), model.name().value(), names);
    fits.put(fit, clock.instant());
    live.put(fit.id(), fit);
    DeviceBench bench =
        patience
            .map(p -> (DeviceBench) new BenchRequests(model, workshop, benches, p))
            .orElse(DeviceBench.NONE);
    executor.execute(() -> run(fit, model, demand, bench));
    return fit;
  }

  public Optional<Fit> find(String id) {
    return Optional.ofNullable(live.get(id)).or(() -> fits.find(id));
  }

  /** Newest first, from the {@code offset}-th. */
  public List<Fit> list(int offset, int limit) {
    return fits.list(offset, limit).stream().map(fit -> live.getOrDefault(fit.id(), fit)).toList();
  }

  private void run(Fit fit, Model model, Search.Demand demand, DeviceBench bench) {
    Fit end;
    try {
      Fitting fitting =
          workshop.fitted(model, demand, bench, (what, part) -> progress(fit, what, part));
      fits.putPage(fit.id(), fitting.page(TOP));
      end = fit.done(fitting.decisions().stream().map(Fits::chosen).toList());
    } catch (RejectedException e) {
      end = fit.failed(e.code(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      end = fit.failed(FailureCode.DISK_FULL, "the disk failed: " + e.getMessage());
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      LOG.errorf(e, "fit=%s model=%s", fit.id(), fit.model());
      end = fit.failed(FailureCode.UNSUPPORTED_MODEL, "the fit failed: " + e);
    }
    fits.put(end, clock.instant());
    live.remove(fit.id());
    record(end);
  }

  private void progress(Fit fit, String what, double part) {
    live.computeIfPresent(fit.id(), (id, now) -> now.at(what, Math.max(now.progress(), part)));
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
    return fits.findPage(id);
  }

  private void record(Fit fit) {
    String code = fit.problem().map(why -> why.code().name()).orElse("");
    String message =
        fit.problem()
            .map(Fit.Problem::detail)
            .orElseGet(
                () -> String.join("; ", fit.choices().stream().map(Fit.Chosen::reason).toList()));
    events.add(new Event(0, clock.instant(), "", fit.model(), Event.Kind.FIT, code, message));
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
