/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.device.DeviceId;
import dev.sagui.device.Speeds;
import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.fleet.AttestedSlot;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.FleetView;
import dev.sagui.server.telemetry.Latency;
import dev.sagui.server.telemetry.Window;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The page's view, read from the database. */
public final class StoredFleetView implements FleetView {
  private static final int MAX_ROWS = 500;
  private static final int RECENT_FITS = 50;

  private final DeviceStore devices;
  private final ModelStore models;
  private final RunStore<Fit> fits;
  private final ReleaseStore releases;
  private final LatencyStore latency;
  private final BenchedDevices benched;
  private final EventStore events;
  private final Clock clock;

  public StoredFleetView(
      DeviceStore devices,
      ModelStore models,
      RunStore<Fit> fits,
      ReleaseStore releases,
      LatencyStore latency,
      BenchedDevices benched,
      EventStore events,
      Clock clock) {
    this.devices = devices;
    this.models = models;
    this.fits = fits;
    this.releases = releases;
    this.latency = latency;
    this.benched = benched;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public List<DeviceRow> devices() {
    List<Latency> measured =
        latency.byDevice(Optional.empty(), Optional.empty(), clock.instant().minus(Window.RECENT));
    List<DeviceRow> rows = new ArrayList<>();
    List<Device> shown = devices.list("", MAX_ROWS);
    List<String> ids = shown.stream().map(device -> device.id().value()).toList();
    Map<String, List<AttestedSlot>> byDevice = devices.attestedSlots(ids);
    Benched known = new Benched(benched.speeds(ids), benched.outliers(shown));
    for (Device device : shown) {
      List<AttestedSlot> slots = byDevice.getOrDefault(device.id().value(), List.of());
      if (slots.isEmpty()) {
        rows.add(row(device, Optional.empty(), measured, known));
      }
      slots.forEach(slot -> rows.add(row(device, Optional.of(slot), measured, known)));
    }
    return rows;
  }

  /** What benches tell of the devices. */
  private record Benched(Map<DeviceId, Speeds> speeds, Map<DeviceId, String> outliers) {}

  private static DeviceRow row(
      Device device, Optional<AttestedSlot> shown, List<Latency> measured, Benched known) {
    Optional<Reported.Slot> slot = shown.map(AttestedSlot::slot);
    String model = slot.map(s -> s.model().value()).orElse("");
    String variant =
        slot.flatMap(Reported.Slot::serving).map(running -> running.variant().value()).orElse("");
    Optional<Latency> own =
        measured.stream()
            .filter(one -> one.device().equals(Optional.of(device.id().value())))
            .filter(one -> one.model().equals(model) && one.variant().equals(variant))
            .findFirst();
    return new DeviceRow(
        device.id().value(),
        device.online(),
        device.lastSeen(),
        device.profile(),
        model,
        variant,
        slot.map(Reported.Slot::state).orElse(SlotState.IDLE).name(),
        shown
            .flatMap(AttestedSlot::attested)
            .map(stated -> stated.judged().state().name())
            .orElse(""),
        slot.flatMap(Reported.Slot::failure)
            .map(why -> why.code() + ": " + why.message())
            .or(
                () ->
                    device.refusal().map(why -> why.string("code") + ": " + why.string("message"))),
        slot.map(Reported.Slot::wireBytes).orElse(0L),
        slot.map(s -> s.saved().bytes()).orElse(0L),
        own.map(one -> one.sketch().count()).orElse(0L),
        quantile(own, 0.50),
        quantile(own, 0.95),
        quantile(own, 0.99),
        device.residentBytes(),
        device.benchQuarantine(),
        Optional.ofNullable(known.speeds.get(device.id())),
        Optional.ofNullable(known.outliers.get(device.id())));
  }

  private static double quantile(Optional<Latency> own, double q) {
    return own.map(one -> one.sketch().quantileMillis(q)).orElse(0.0);
  }

  @Override
  public List<ModelRow> models() {
    List<Model> shown = models.list("", MAX_ROWS);
    Map<String, List<StoredVariant>> variants =
        models.variants(shown.stream().map(model -> model.name().value()).toList());
    Map<String, List<ChoiceRow>> choices = choices();
    return shown.stream()
        .map(
            model ->
                new ModelRow(
                    model.name().value(),
                    model.bytes(),
                    variants.getOrDefault(model.name().value(), List.of()).stream()
                        .map(StoredFleetView::row)
                        .toList(),
                    choices.getOrDefault(model.name().value(), List.of())))
        .toList();
  }

  /** The newest of each profile, by model. */
  private Map<String, List<ChoiceRow>> choices() {
    Map<String, Map<String, ChoiceRow>> newest = new HashMap<>();
    for (Fit fit : fits.list(0, RECENT_FITS)) {
      Map<String, ChoiceRow> own = newest.computeIfAbsent(fit.model(), m -> new TreeMap<>());
      fit.choices().forEach(c -> own.putIfAbsent(c.profile(), row(fit, c)));
    }
    Map<String, List<ChoiceRow>> byModel = new HashMap<>();
    newest.forEach((model, own) -> byModel.put(model, List.copyOf(own.values())));
    return byModel;
  }

  private static ChoiceRow row(Fit fit, Fit.Chosen choice) {
    return new ChoiceRow(
        fit.id(),
        choice.profile(),
        choice.variant().orElse(""),
        choice.reason(),
        choice.measured().map(Fit.OnDevice::device));
  }

  private static VariantRow row(StoredVariant variant) {
    OptionalDouble psnr = variant.psnrDb();
    boolean shown = psnr.isPresent() && Double.isFinite(psnr.getAsDouble());
    return new VariantRow(
        variant.name().value(),
        variant.bytes(),
        shown ? psnr : OptionalDouble.empty(),
        variant.identical(),
        variant.p50Millis());
  }

  @Override
  public List<ReleaseRow> releases() {
    return releases.list(0, MAX_ROWS).stream()
        .map(
            release ->
                new ReleaseRow(
                    release.id().hex(),
                    release.model().value(),
                    release.variant().value(),
                    release.sequence(),
                    release.profiles().stream().map(name -> name.value()).toList(),
                    release.created()))
        .toList();
  }

  @Override
  public List<EventRow> events(int limit) {
    return events.list(Long.MAX_VALUE, limit).stream().map(event -> event.row()).toList();
  }

  @Override
  public Runnable onEvent(Consumer<EventRow> listener) {
    return events.listen(event -> listener.accept(event.row()));
  }
}
