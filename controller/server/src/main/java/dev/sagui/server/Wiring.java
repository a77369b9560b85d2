/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.manifest.SigningKey;
import dev.sagui.server.fleet.FleetView;
import dev.sagui.server.mqtt.Broker;
import dev.sagui.server.mqtt.PahoLink;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BenchedDevices;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.DifferenceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.KeyFile;
import dev.sagui.server.store.LatencyStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.ReleaseStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.server.store.RunStore;
import dev.sagui.server.store.StoredFleetView;
import dev.sagui.server.trust.Entrance;
import dev.sagui.server.work.Benches;
import dev.sagui.server.work.Differences;
import dev.sagui.server.work.Forgetting;
import dev.sagui.server.work.Imports;
import dev.sagui.server.work.Inbox;
import dev.sagui.server.work.Probes;
import dev.sagui.server.work.Profiles;
import dev.sagui.server.work.Releases;
import dev.sagui.server.work.Rollouts;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import org.eclipse.paho.mqttv5.common.MqttException;

/** Builds the controller's objects, each once. */
@Singleton
public final class Wiring {
  static final String DATABASE = "sagui.db";

  @Produces
  @Singleton
  Settings settings(ControllerConfig config) {
    return Settings.of(config);
  }

  @Produces
  @Singleton
  Entrance entrance(Settings settings) {
    return new Entrance(settings.token(), new SecureRandom());
  }

  @Produces
  @Singleton
  Database database(Settings settings) throws IOException {
    Files.createDirectories(settings.home());
    return Database.open(settings.home().resolve(DATABASE));
  }

  void close(@Disposes Database database) {
    database.close();
  }

  @Produces
  @Singleton
  BlobFolder blobs(Settings settings) throws IOException {
    return new BlobFolder(settings.home().resolve("blobs"), settings.quotaBytes());
  }

  @Produces
  @Singleton
  SigningKey key(Settings settings) throws IOException {
    return KeyFile.open(settings.home());
  }

  @Produces
  @Singleton
  Profiles profiles(Settings settings) throws IOException {
    return Profiles.read(settings.profiles());
  }

  @Produces
  @Singleton
  ModelStore models(Database database) {
    return new ModelStore(database);
  }

  @Produces
  @Singleton
  ReleaseStore releases(Database database) {
    return new ReleaseStore(database);
  }

  @Produces
  @Singleton
  DeviceStore devices(Database database) {
    return new DeviceStore(database);
  }

  @Produces
  @Singleton
  DesiredStore desired(Database database) {
    return new DesiredStore(database);
  }

  @Produces
  @Singleton
  LatencyStore latency(Database database) {
    return new LatencyStore(database);
  }

  @Produces
  @Singleton
  EventStore events(Database database) {
    return new EventStore(database);
  }

  @Produces
  @Singleton
  ReportStore reports(Database database, EventStore events) {
    return new ReportStore(database, events);
  }

  @Produces
  @Singleton
  Forgetting forgetting(LatencyStore latency, ReportStore reports, Settings settings) {
    return new Forgetting(latency, reports, settings.retention(), Clock.systemUTC());
  }

  void close(@Disposes Forgetting forgetting) {
    forgetting.close();
  }

  @Produces
  @Singleton
  Imports imports(BlobFolder blobs, ModelStore models, EventStore events) {
    return new Imports(blobs, models, events, Clock.systemUTC());
  }

  @Produces
  @Singleton
  Benches benches(Database database, DeviceStore devices, SigningKey key, EventStore events) {
    return new Benches(new BenchStore(database), devices, key, events, Clock.systemUTC());
  }

  void close(@Disposes Benches benches) {
    benches.close();
  }

  @Produces
  @Singleton
  DifferenceStore differenceStore(Database database) {
    return new DifferenceStore(database);
  }

  @Produces
  @Singleton
  Probes probes(Benches benches, Profiles profiles, BlobFolder blobs, SigningKey key) {
    return new Probes(benches, profiles, blobs, key);
  }

  @Produces
  @Singleton
  BenchedDevices benched(Database database, Profiles profiles) {
    return new BenchedDevices(new BenchStore(database), profiles::find);
  }

  @Produces
  @Singleton
  Releases signing(BlobFolder blobs, Differences differences, SigningKey key, EventStore events) {
    return new Releases(blobs, differences, key, events, Clock.systemUTC());
  }

  @Produces
  @Singleton
  Rollouts rollouts(DeviceStore devices, DesiredStore desired, SigningKey key, EventStore events) {
    return new Rollouts(devices, desired, key, events, Clock.systemUTC());
  }

  @Produces
  @Singleton
  FleetView view(
      DeviceStore devices,
      Database database,
      ReleaseStore releases,
      LatencyStore latency,
      BenchedDevices benched,
      EventStore events) {
    return new StoredFleetView(
        devices,
        new ModelStore(database),
        RunStore.fits(database),
        releases,
        latency,
        benched,
        events,
        Clock.systemUTC());
  }

  @Produces
  @Singleton
  Broker broker(Settings settings) {
    return Broker.open(settings);
  }

  void close(@Disposes Broker broker) {
    broker.close();
  }

  @Produces
  @Singleton
  PahoLink link(
      Broker broker,
      Settings settings,
      DeviceStore devices,
      ReportStore reports,
      EventStore events,
      Rollouts rollouts,
      Benches benches,
      Probes probes,
      BlobFolder blobs)
      throws MqttException {
    Inbox.Desks desks = new Inbox.Desks(rollouts, benches, probes);
    Inbox inbox = new Inbox(devices, reports, desks, events, Clock.systemUTC());
    return new PahoLink(broker.url(), settings, inbox, rollouts, blobs);
  }

  void close(@Disposes PahoLink link) throws MqttException {
    link.close();
  }
}
