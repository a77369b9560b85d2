/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.rollout.Target;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Sets desired states and sees that devices get them. */
public final class Rollouts {
  private static final int PAGE = 500;

  private final DeviceStore devices;
  private final DesiredStore desired;
  private final SigningKey key;
  private final EventStore events;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  public Rollouts(
      DeviceStore devices, DesiredStore desired, SigningKey key, EventStore events, Clock clock) {
    this.devices = devices;
    this.desired = desired;
    this.key = key;
    this.events = events;
    this.clock = clock;
  }

  /**
   * The devices that shall serve the release from now on; those of a profile that it was not
   * released for are left out.
   *
   * @param terms on which they may fetch it
   * @param over devices begin one after the other, in an order by chance, until then
   * @throws RejectedException WRONG_PROFILE when all that match are of such profiles
   */
  public List<DeviceId> set(
      Release release, Target target, FetchTerms terms, Duration over, DesiredLink link) {
    List<Device> matching = all().stream().filter(target::matches).toList();
    List<Device> fit = matching.stream().filter(device -> released(release, device)).toList();
    if (fit.isEmpty() && !matching.isEmpty()) {
      throw new RejectedException(
          FailureCode.WRONG_PROFILE,
          "release %s is for %s, the devices meant are of '%s'; release it for them too"
              .formatted(
                  release.id().abbreviated(), release.profiles(), matching.get(0).profile()));
    }
    List<Device> turns = new ArrayList<>(fit);
    Collections.shuffle(turns, random);
    for (int i = 0; i < turns.size(); i++) {
      Duration turn = Duration.ofSeconds(over.toSeconds() * i / turns.size());
      put(release, turns.get(i).id(), terms.after(turn), link);
    }
    return fit.stream().map(Device::id).toList();
  }

  private static boolean released(Release release, Device device) {
    return release.profiles().stream().anyMatch(name -> name.value().equals(device.profile()));
  }

  private void put(Release release, DeviceId device, FetchTerms terms, DesiredLink link) {
    DesiredStore.Signed signed =
        desired.put(device, release.slot(terms), Nonce.of(random), key::sign);
    link.desired(device, signed.envelope());
    events.add(
        new Event(
            0,
            clock.instant(),
            device.value(),
            release.model().value(),
            Event.Kind.DESIRED,
            "",
            "shall serve %s, release %d%s"
                .formatted(release.variant(), release.sequence(), inWords(terms))));
  }

  private static String inWords(FetchTerms terms) {
    StringBuilder words = new StringBuilder();
    terms.maxBytes().ifPresent(bytes -> words.append(", by at most %d bytes".formatted(bytes)));
    if (!terms.turn().isZero()) {
      words.append(", in %d s".formatted(terms.turn().toSeconds()));
    }
    terms.places().forEach(place -> words.append(", from ").append(place.server()));
    return words.toString();
  }

  /**
   * Signs a device's desired state anew, as what is known now has it, with a new nonce to attest
   * with; whether there is one.
   */
  public boolean ask(DeviceId device, DesiredLink link) {
    Optional<DesiredStore.Signed> asked = desired.ask(device, Nonce.of(random), key::sign);
    asked.ifPresent(signed -> link.desired(device, signed.envelope()));
    return asked.isPresent();
  }

  /** Sends every device's desired state, as after a connect. */
  public void sendAll(DesiredLink link) {
    desired.devices().forEach(device -> send(device, link));
  }

  /** Sends one device's desired state, if it has one. */
  void send(DeviceId device, DesiredLink link) {
    desired.find(device).ifPresent(signed -> link.desired(device, signed.envelope()));
  }

  private List<Device> all() {
    List<Device> all = new ArrayList<>();
    List<Device> page = devices.list("", PAGE);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = devices.list(page.get(page.size() - 1).id().value(), PAGE);
    }
    return all;
  }
}
