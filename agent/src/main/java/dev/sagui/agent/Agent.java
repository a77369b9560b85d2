/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.Benches;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.link.Link;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.store.Wear;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The device's side of the conversation: takes messages, believes them or not, and reports. All
 * methods run on one thread, the {@link EventLoop}'s.
 */
final class Agent {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  /** Far fewer chunks than a web server is asked for at once. */
  private static final int UNTENDED = 8;

  private final Settings settings;
  private final String instance;
  private final ManifestCheck check;
  private final Attestor attestor;
  private final LongSupplier nanoClock;
  private final Link link;
  private final LinkSource controller;
  private WebSources web;
  private Sources sources;
  private final Updates updates;
  private final Reports reports;
  private final Benching benching;
  private int untended;

  /**
   * What the agent is made of.
   *
   * @param benches of models that are not to be served
   * @param freeMemory bytes that the system could give away now
   * @param nanoClock all timers
   * @param wallClock the hours of the day, for the maintenance window
   */
  record Parts(
      Settings settings,
      String instance,
      ArtifactStore store,
      Journal journal,
      Wear wear,
      Attestor attestor,
      Installer installer,
      Benches benches,
      ManifestCheck check,
      ModelTable models,
      AgentMetrics metrics,
      LongSupplier freeMemory,
      LongSupplier nanoClock,
      Clock wallClock) {}

  Agent(Parts parts, Link link) {
    this.settings = parts.settings;
    this.instance = parts.instance;
    this.check = parts.check;
    this.attestor = parts.attestor;
    this.nanoClock = parts.nanoClock;
    this.link = link;
    this.controller = new LinkSource(link, nanoClock);
    this.web = WebSources.NONE;
    this.sources = web.of(FetchTerms.NONE, controller);
    this.updates = new Updates(parts, terms -> web.of(terms, controller), this::report);
    this.reports = new Reports(parts, link);
    this.benching =
        new Benching(
            parts,
            new Outbox(Channel.BENCH, link),
            new Benching.Ties(
                request -> sources.ask(request), () -> sources.window(), updates::isAtWork));
  }

  /** Takes up what the journal holds; every committed model serves when it returns. */
  void resume() throws IOException {
    updates.resume(nanoClock.getAsLong());
    benching.resume();
  }

  /** A message of the broker. */
  void arrived(Channel channel, byte[] payload) throws IOException {
    try {
      switch (channel) {
        case DESIRED -> desired(payload);
        case CHUNK_RESPONSE -> chunk(ChunkResponse.parse(payload), controller);
        case CMD -> command(payload);
        case STATE, REPORTED, CHUNK_REQUEST, METRICS, EVENT, BENCH ->
            throw new IllegalStateException("not subscribed to " + channel + "; this is a bug");
      }
    } catch (RejectedException e) {
      LOG.log(
          Level.WARNING,
          "message=refused channel={0} code={1} reason=\"{2}\"",
          channel,
          e.code(),
          e.getMessage());
    }
    tick();
  }

  private void chunk(ChunkResponse response, ChunkSource from) throws IOException {
    long now = nanoClock.getAsLong();
    updates.arrived(response, from, now);
    benching.arrived(response, from, now);
  }

  /** Web servers have artifacts too: they are asked before the controller while they are good. */
  void fetchFrom(WebSources servers) {
    web = servers;
    sources = web.of(FetchTerms.NONE, controller);
  }

  /**
   * A chunk of a web server.
   *
   * @param more whether others wait to be taken: what time brings can then wait for a few of them
   */
  void fetched(ChunkSource from, byte[] message, boolean more) throws IOException {
    chunk(ChunkResponse.parse(message), from);
    untended++;
    if (!more || untended == UNTENDED) {
      untended = 0;
      tick();
    }
  }

  /** A web server does not bring what it was asked for. */
  void webFailed() throws IOException {
    askAnew();
    tick();
  }

  private void askAnew() {
    updates.askAnew();
    benching.askAnew();
  }

  /** An acknowledgement, or a bench job, which is signed. */
  private void command(byte[] payload) throws IOException {
    Optional<Ack> ack = Ack.find(payload);
    if (ack.isPresent()) {
      acknowledged(ack.get());
    } else {
      benching.offered(payload, nanoClock.getAsLong());
    }
  }

  private void acknowledged(Ack ack) {
    if (ack.instance().equals(instance)) {
      reports.acknowledged(ack);
      benching.acknowledged(ack);
    }
  }

  private void desired(byte[] payload) throws IOException {
    if (payload.length == 0) {
      return; // a retained message was cleared
    }
    try {
      DesiredState desired = check.desired(payload, settings.device(), updates.desiredSequence());
      reports.refusal(Optional.empty());
      boolean asked = attestor.challenge(desired);
      if (desired.sequence() > updates.desiredSequence()) {
        updates.apply(desired, nanoClock.getAsLong());
      } else if (asked) {
        report();
      }
    } catch (RejectedException e) {
      reports.refusal(Optional.of(Slots.failure(e)));
      report();
      throw e;
    }
  }

  /** What time brings: requests, finished fetches, reports. */
  void tick() throws IOException {
    long now = nanoClock.getAsLong();
    updates.tick(now);
    reports.tick(updates, now);
    benching.tick(now);
  }

  /**
   * A connection stands.
   *
   * @param sinceNanos when it came to stand: what was asked for before is lost with another one
   */
  void connected(byte[] birth, long sinceNanos) throws IOException {
    try {
      link.publish(Channel.STATE, birth, true);
    } catch (UnavailableException e) {
      LOG.log(Level.WARNING, "birth=unsent reason=\"{0}\"", e.getMessage());
    }
    long now = nanoClock.getAsLong();
    if (!controller.wasAskedSince(sinceNanos)) {
      askAnew();
    }
    updates.reconnected(now);
    reports.connected(now);
    benching.connected(now);
    report();
    tick();
  }

  private void report() {
    reports.tell(updates);
  }

  /** The agent ends as it was told to. */
  void end() throws IOException {
    updates.end();
    reports.end();
    benching.end();
  }

  /** Whether something is under way that needs a tick soon. */
  boolean isBusy() {
    return updates.isBusy() || benching.isFetching() || attestor.isReading();
  }
}
