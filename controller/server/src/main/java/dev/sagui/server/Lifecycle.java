/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.server.mqtt.PahoLink;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.work.Benches;
import dev.sagui.server.work.Compressions;
import dev.sagui.server.work.DataSets;
import dev.sagui.server.work.Differences;
import dev.sagui.server.work.Elsewhere;
import dev.sagui.server.work.Fits;
import dev.sagui.server.work.Forgetting;
import dev.sagui.server.work.Jobs;
import dev.sagui.server.work.RunFolders;
import dev.sagui.server.work.Trainings;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;

/** Starts what runs by itself. */
@Singleton
public final class Lifecycle {
  private final Jobs jobs;
  private final Fits fits;
  private final Compressions compressions;
  private final Trainings trainings;

  Lifecycle(Jobs jobs, Fits fits, Compressions compressions, Trainings trainings) {
    this.jobs = jobs;
    this.fits = fits;
    this.compressions = compressions;
    this.trainings = trainings;
  }

  /** What a worker has no part in. */
  @Singleton
  static final class Devices {
    private final DeviceStore devices;
    private final PahoLink link;
    private final Benches benches;
    private final Forgetting forgetting;
    private final Elsewhere elsewhere;
    private final Differences differences;

    Devices(
        DeviceStore devices,
        PahoLink link,
        Benches benches,
        Forgetting forgetting,
        Elsewhere elsewhere,
        Differences differences) {
      this.devices = devices;
      this.link = link;
      this.benches = benches;
      this.forgetting = forgetting;
      this.elsewhere = elsewhere;
      this.differences = differences;
    }

    private void start() {
      devices.allOffline();
      link.start();
      benches.start(link);
      forgetting.start();
      elsewhere.start();
      differences.start(link);
    }
  }

  void start(
      @Observes StartupEvent event,
      Settings settings,
      RunFolders folders,
      BlobFolder blobs,
      DataSets data,
      Instance<Devices> devices)
      throws IOException {
    if (settings.worker().only()) {
      jobs.start(List.of(fits.jobs(), compressions.jobs(), trainings.jobs()));
    } else {
      Devices own = devices.get();
      own.start();
      folders.keepOnly(jobs.ids());
      blobs.clearIncoming();
      data.clear();
      jobs.start(
          List.of(
              fits.jobs(), fits.measuredJobs(own.benches), compressions.jobs(), trainings.jobs()));
    }
  }
}
