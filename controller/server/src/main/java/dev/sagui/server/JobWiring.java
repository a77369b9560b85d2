/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.manifest.SigningKey;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.DataFolder;
import dev.sagui.server.store.DataSetStore;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DifferenceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.ReleaseStore;
import dev.sagui.server.work.Compressions;
import dev.sagui.server.work.DataSets;
import dev.sagui.server.work.Differences;
import dev.sagui.server.work.Elsewhere;
import dev.sagui.server.work.Fits;
import dev.sagui.server.work.Imports;
import dev.sagui.server.work.Jobs;
import dev.sagui.server.work.Profiles;
import dev.sagui.server.work.Rollouts;
import dev.sagui.server.work.RunFolders;
import dev.sagui.server.work.Runs;
import dev.sagui.server.work.Trainings;
import dev.sagui.server.work.VariantWorkshop;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;

/** Builds what fits, compressions and trainings are done with, each once. */
@Singleton
public final class JobWiring {
  @Produces
  @Singleton
  RunFolders folders(Settings settings) throws IOException {
    return new RunFolders(settings.home().resolve("work"));
  }

  @Produces
  @Singleton
  VariantWorkshop workshop(RunFolders folders, BlobFolder blobs, SigningKey key) {
    return new VariantWorkshop(folders, blobs, key);
  }

  @Produces
  @Singleton
  Jobs jobs(Database database, Settings settings) {
    return new Jobs(database, settings.worker().pool());
  }

  void close(@Disposes Jobs jobs) {
    jobs.close();
  }

  @Produces
  @Singleton
  Runs.Office office(Jobs jobs, RunFolders folders, ModelStore models, EventStore events) {
    return new Runs.Office(jobs, folders, models, events, Clock.systemUTC());
  }

  @Produces
  @Singleton
  Fits fits(Database database, Runs.Office office, VariantWorkshop workshop, Profiles profiles) {
    return new Fits(database, office, workshop, profiles);
  }

  @Produces
  @Singleton
  DataSets data(Database database, Settings settings, EventStore events) throws IOException {
    DataSetStore sets = new DataSetStore(database);
    DataFolder folder =
        new DataFolder(settings.home().resolve("data"), settings.quotaBytes(), sets.bytes());
    return new DataSets(folder, sets, events, Clock.systemUTC());
  }

  @Produces
  @Singleton
  Compressions compressions(
      Database database,
      Runs.Office office,
      VariantWorkshop workshop,
      Profiles profiles,
      DataSets data) {
    return new Compressions(database, office, workshop, profiles, data);
  }

  @Produces
  @Singleton
  Trainings trainings(
      Database database, Runs.Office office, BlobFolder blobs, Imports imports, DataSets data) {
    return new Trainings(database, office, new Trainings.Shelf(blobs, imports, data));
  }

  /** With jobs of its own: they are short, and whoever deploys waits for them. */
  @Produces
  @Singleton
  Differences differences(
      Database database,
      DifferenceStore store,
      ReleaseStore releases,
      BlobFolder blobs,
      Rollouts rollouts,
      EventStore events,
      Settings settings) {
    Jobs own = new Jobs(database, new Jobs.Pool(1, settings.worker().pool().heartbeat()));
    Differences.Shelf shelf = new Differences.Shelf(releases, blobs, Clock.systemUTC());
    return new Differences(own, store, shelf, rollouts, events);
  }

  void close(@Disposes Differences differences) {
    differences.close();
  }

  @Produces
  @Singleton
  Elsewhere elsewhere(
      Fits fits, Compressions compressions, Trainings trainings, EventStore events) {
    return new Elsewhere(fits, compressions, trainings, events);
  }

  void close(@Disposes Elsewhere elsewhere) {
    elsewhere.close();
  }
}
