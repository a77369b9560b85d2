/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.Search;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.StepRecord;
import dev.sagui.server.catalog.CompressionRun;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.CompressionStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ModelStore;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/** Takes models through recipes, one after the other. */
public final class Compressions implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Compressions.class);

  private final Map<String, CompressionRun> live = new ConcurrentHashMap<>();
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> Fits.daemon(task, "sagui-compression"));
  private final Pace pace = new Pace();
  private final CompressionStore runs;
  private final VariantWorkshop workshop;
  private final ModelStore models;
  private final EventStore events;
  private final Clock clock;

  public Compressions(
      CompressionStore runs,
      VariantWorkshop workshop,
      ModelStore models,
      EventStore events,
      Clock clock) {
    this.runs = runs;
    this.workshop = workshop;
    this.models = models;
    this.events = events;
    this.clock = clock;
    runs.running().forEach(this::interrupted);
  }

  private void interrupted(CompressionRun run) {
    Fit.Problem why =
        new Fit.Problem(
            FailureCode.STAGE_TIMED_OUT,
            "the controller was stopped during the compression; start it again");
    runs.put(run.failed(why), clock.instant());
  }

  /**
   * Starts a compression and returns at once.
   *
   * @param name of the variant that it makes
   * @param profile whose instruction set it is for; this machine's if empty
   * @throws RejectedException DUPLICATE_NAME, or BAD_REQUEST for a recipe that reads this machine's
   *     files
   */
  public synchronized CompressionRun start(
      Model model, ArtifactName name, Recipe recipe, Optional<DeviceProfile> profile) {
    refuseFiles(recipe);
    refuseTaken(model, name);
    CompressionRun run =
        CompressionRun.started(
            "compression-" + UUID.randomUUID().toString().substring(0, 13),
            model.name().value(),
            name.value());
    runs.put(run, clock.instant());
    live.put(run.id(), run);
    executor.execute(() -> run(run, model, recipe, profile));
    return run;
  }

  /** Who may use the API is not therefore to read the controller's disk. */
  private static void refuseFiles(Recipe recipe) {
    recipe
        .file()
        .ifPresent(
            file -> {
              throw new RejectedException(
                  FailureCode.BAD_REQUEST,
                  "recipe: expected data as latent:, random: or values: and no files, found '%s'; the controller reads no files for a request, 'sagui compress' does"
                      .formatted(file));
            });
  }

  private void refuseTaken(Model model, ArtifactName name) {
    boolean made =
        models.variants(model.name().value()).stream()
            .anyMatch(variant -> variant.name().equals(name));
    boolean coming =
        live.values().stream()
            .anyMatch(
                run ->
                    run.model().equals(model.name().value()) && run.variant().equals(name.value()));
    if (made || coming || Search.reserves(name)) {
      throw new RejectedException(
          FailureCode.DUPLICATE_NAME,
          "a variant of '%s' is named '%s' already, or will be by a fit; choose another name"
              .formatted(model.name(), name));
    }
  }

  public Optional<CompressionRun> find(String id) {
    return Optional.ofNullable(live.get(id)).or(() -> runs.find(id));
  }

  /** Newest first, from the {@code offset}-th. */
  public List<CompressionRun> list(int offset, int limit) {
    return runs.list(offset, limit).stream().map(run -> live.getOrDefault(run.id(), run)).toList();
  }

  /**
   * Forgets a compression; one that runs ends where it next tells its progress, and leaves nothing.
   * A variant that was made stays.
   *
   * @return whether it was there
   */
  public synchronized boolean remove(String id) {
    live.remove(id);
    return runs.remove(id);
  }

  private void run(
      CompressionRun run, Model model, Recipe recipe, Optional<DeviceProfile> profile) {
    String id = run.id();
    ArtifactName name = new ArtifactName(run.variant());
    try {
      progress(id, "opening", 0);
      VariantWorkshop.Compressed made =
          workshop.compressed(
              model, name, recipe, profile, (what, part) -> progress(id, what, part));
      done(run, model, made);
    } catch (CancellationException e) {
      record(run, "", run.variant() + ": cancelled; nothing was kept");
    } catch (RejectedException e) {
      failed(run, e.code(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      failed(run, FailureCode.DISK_FULL, "the disk failed: " + e.getMessage());
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      LOG.errorf(e, "compression=%s model=%s", id, run.model());
      failed(run, FailureCode.UNSUPPORTED_MODEL, "the compression failed: " + e);
    }
  }

  /**
   * @throws CancellationException it was removed
   */
  private void progress(String id, String what, double fraction) {
    CompressionRun now = live.computeIfPresent(id, (key, run) -> run.at(what, fraction));
    if (now == null) {
      throw new CancellationException(id);
    }
    if (pace.isTime(what, clock.instant())) {
      String message =
          String.format(Locale.ROOT, "%s: %s (%.0f %%)", now.variant(), what, 100 * fraction);
      events.pass(event(now, "", message));
    }
  }

  private synchronized void done(CompressionRun run, Model model, VariantWorkshop.Compressed made) {
    if (!live.containsKey(run.id())) {
      throw new CancellationException(run.id());
    }
    models.putVariants(model.name(), List.of(made.variant()));
    List<StepRecord> steps = made.report().steps();
    runs.put(run.done(steps.stream().map(Compressions::step).toList()), clock.instant());
    live.remove(run.id());
    String message =
        "%s: %s, %d bytes"
            .formatted(
                run.variant(),
                String.join(", ", steps.stream().map(step -> step.step().name()).toList()),
                made.variant().bytes());
    record(run, "", message);
  }

  private static CompressionRun.Step step(StepRecord step) {
    return new CompressionRun.Step(
        step.step().name(), step.changed(), step.reason(), step.bytesAfter(), step.seconds());
  }

  private synchronized void failed(CompressionRun run, FailureCode code, String detail) {
    CompressionRun last = live.remove(run.id());
    if (last == null) {
      record(run, "", run.variant() + ": cancelled; nothing was kept");
      return;
    }
    runs.put(last.failed(new Fit.Problem(code, detail)), clock.instant());
    record(run, code.name(), run.variant() + ": " + detail);
  }

  private void record(CompressionRun run, String code, String message) {
    events.add(event(run, code, message));
  }

  private Event event(CompressionRun run, String code, String message) {
    return new Event(0, clock.instant(), "", run.model(), Event.Kind.COMPRESSION, code, message);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
