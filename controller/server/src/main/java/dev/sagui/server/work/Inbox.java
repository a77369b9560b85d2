/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.server.fleet.Births;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.wire.Ack;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.Channel;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.MetricsReport;
import dev.sagui.wire.Reported;
import dev.sagui.wire.Topics;
import java.time.Clock;
import java.util.Optional;

/** Takes in what devices send, on one thread. */
public final class Inbox {
  private final DeviceStore devices;
  private final ReportStore reports;
  private final Desks desks;
  private final EventStore events;
  private final Clock clock;

  /** Who acts on what devices say. */
  public record Desks(Rollouts rollouts, Benches benches, Probes probes) {}

  public Inbox(
      DeviceStore devices, ReportStore reports, Desks desks, EventStore events, Clock clock) {
    this.devices = devices;
    this.reports = reports;
    this.desks = desks;
    this.events = events;
    this.clock = clock;
  }

  /** The acknowledgement to send, if the message asks for one. */
  public Optional<Ack> take(Topics.Address from, byte[] payload, DesiredLink link) {
    if (payload.length == 0) {
      return Optional.empty(); // a retained message that was cleared
    }
    try {
      return switch (from.channel()) {
        case STATE -> state(from.device(), DeviceState.parse(payload), link);
        case REPORTED -> reported(from.device(), Reported.parse(payload));
        case METRICS -> metrics(from.device(), MetricsReport.parse(payload));
        case EVENT -> event(from.device(), payload);
        case BENCH -> bench(from.device(), payload);
        case DESIRED, CMD, CHUNK_REQUEST, CHUNK_RESPONSE -> Optional.empty();
      };
    } catch (RejectedException e) {
      add(from.device(), Event.Kind.BAD_MESSAGE, e.code().name(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Ack> state(DeviceId device, DeviceState state, DesiredLink link) {
    same(device, state.device());
    if (state.online() && state.facts().isPresent()) {
      Optional<Device> before = devices.born(state, state.facts().get(), clock.instant());
      born(device, Births.of(before, state.instance()));
      before.ifPresent(known -> shows(known, state));
      desks.rollouts.send(device, link);
      desks.probes.born(device, state.facts().get());
    } else if (devices.gone(state, clock.instant())) {
      add(device, Event.Kind.DEVICE_OFFLINE, "", "connection lost or closed");
    }
    return Optional.empty();
  }

  /** A device shows another key than the one that is trusted, and did not before. */
  private void shows(Device known, DeviceState state) {
    boolean changed =
        known.key().isPresent()
            && state.key().isPresent()
            && !known.key().equals(state.key())
            && !known.offeredKey().equals(state.key());
    if (changed) {
      add(
          known.id(),
          Event.Kind.DEVICE_KEY_CHANGED,
          FailureCode.DEVICE_KEY_CHANGED.name(),
          "shows the key %s, trusted is %s; if it was set up anew: sagui fleet accept-key %s %s"
              .formatted(
                  state.key().get().abbreviated(),
                  known.key().get().abbreviated(),
                  known.id(),
                  state.key().get().id()));
    }
  }

  private void born(DeviceId device, Births birth) {
    switch (birth) {
      case ARRIVED -> add(device, Event.Kind.DEVICE_ONLINE, "", "connected");
      case RESTARTED -> add(device, Event.Kind.DEVICE_ONLINE, "", "connected as a new process");
      case ALTERNATING ->
          add(
              device,
              Event.Kind.DUPLICATE_DEVICE_ID,
              FailureCode.DUPLICATE_DEVICE_ID.name(),
              "two agents use the id '%s' in turn; rename one of them".formatted(device));
      case RECONNECTED -> {}
    }
  }

  private Optional<Ack> reported(DeviceId device, Reported report) {
    same(device, report.device());
    if (!known(device)) {
      return Optional.empty();
    }
    reports.apply(report, clock.instant());
    return Optional.of(new Ack(Channel.REPORTED, report.instance(), report.sequence()));
  }

  private Optional<Ack> metrics(DeviceId device, MetricsReport report) {
    same(device, report.device());
    if (!known(device)) {
      return Optional.empty();
    }
    reports.apply(report, clock.instant());
    return Optional.of(new Ack(Channel.METRICS, report.instance(), report.sequence()));
  }

  private Optional<Ack> bench(DeviceId device, byte[] payload) {
    byte[] signed = BenchReport.opened(payload, key(device));
    BenchReport report;
    try {
      report = BenchReport.parse(signed);
    } catch (RejectedException e) {
      desks.benches.distrust(device, String.valueOf(e.getMessage()));
      throw e;
    }
    same(device, report.device());
    desks.benches.reported(report);
    return Optional.of(new Ack(Channel.BENCH, report.instance(), report.sequence()));
  }

  private TrustedKey key(DeviceId device) {
    return devices
        .find(device.value())
        .flatMap(Device::key)
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.SIGNATURE_INVALID,
                    "bench of '%s', of which no key is known".formatted(device)));
  }

  /**
   * A broker keeps order within a topic only, so a first report may overtake the birth that says
   * what the device is. It is then not acknowledged, and comes again.
   */
  private boolean known(DeviceId device) {
    return devices.find(device.value()).isPresent();
  }

  private Optional<Ack> event(DeviceId device, byte[] payload) {
    if (payload.length > Channel.EVENT.maxBytes()) {
      throw new RejectedException(
          FailureCode.PAYLOAD_TOO_LARGE, "event of %d bytes".formatted(payload.length));
    }
    Fields f = Fields.parse(payload);
    add(
        device,
        Event.Kind.DEVICE_EVENT,
        f.findString("code").orElse(""),
        f.findString("message").orElse(""));
    return Optional.empty();
  }

  private static void same(DeviceId topic, DeviceId payload) {
    if (!topic.equals(payload)) {
      throw new RejectedException(
          FailureCode.WRONG_DEVICE,
          "expected a payload of '%s', found one of '%s'".formatted(topic, payload));
    }
  }

  private void add(DeviceId device, Event.Kind kind, String code, String message) {
    events.add(new Event(0, clock.instant(), device.value(), "", kind, code, message));
  }
}
