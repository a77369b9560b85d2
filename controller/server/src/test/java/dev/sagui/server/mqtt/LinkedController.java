/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.manifest.SigningKey;
import dev.sagui.server.Settings;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.server.work.Benches;
import dev.sagui.server.work.Inbox;
import dev.sagui.server.work.Jobs;
import dev.sagui.server.work.Probes;
import dev.sagui.server.work.Profiles;
import dev.sagui.server.work.Rollouts;
import dev.sagui.wire.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.paho.mqttv5.common.MqttException;

/** A controller's broker, link and stores in this process, without its HTTP side. */
public record LinkedController(
    EmbeddedBroker broker,
    Database database,
    SigningKey key,
    DeviceStore devices,
    BlobFolder blobs,
    Benches benches,
    PahoLink link)
    implements AutoCloseable {
  static final Topics TOPICS = new Topics("sagui", "default");

  /** Its link is about to listen; its benches are not offered yet. */
  public static LinkedController start(Path home, Profiles profiles, Clock clock) throws Exception {
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            "127.0.0.1", 0, Optional.empty(), Optional.empty(), home.resolve("broker"));
    Database database = Database.open(home.resolve("sagui.db"));
    SigningKey key = new SigningKey(SigningKey.generate());
    EventStore events = new EventStore(database);
    DeviceStore devices = new DeviceStore(database);
    BlobFolder blobs = new BlobFolder(home.resolve("blobs"), Long.MAX_VALUE);
    Rollouts rollouts = new Rollouts(devices, new DesiredStore(database), key, events, clock);
    Benches benches = new Benches(new BenchStore(database), devices, key, events, clock);
    Inbox.Desks desks =
        new Inbox.Desks(rollouts, benches, new Probes(benches, profiles, blobs, key));
    Inbox inbox = new Inbox(devices, new ReportStore(database, events), desks, events, clock);
    PahoLink link = new PahoLink(broker.url(), settings(home), inbox, rollouts, blobs);
    link.start();
    return new LinkedController(broker, database, key, devices, blobs, benches, link);
  }

  private static Settings settings(Path home) {
    return new Settings(
        home,
        "127.0.0.1",
        0,
        Optional.empty(),
        "127.0.0.1",
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        TOPICS,
        Optional.empty(),
        Long.MAX_VALUE,
        Duration.ofDays(7),
        new Settings.Worker(false, new Jobs.Pool(1, Duration.ofSeconds(5))));
  }

  @Override
  public void close() throws MqttException {
    benches.close();
    link.close();
    broker.close();
    database.close();
  }
}
