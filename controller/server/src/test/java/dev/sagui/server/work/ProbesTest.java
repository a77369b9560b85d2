/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.BenchResult;
import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.fit.ProbeGraph;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.BornFacts;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.catalog.DeviceSpeeds;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BenchedDevices;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.DeviceState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes between a database and devices that a test plays. */
class ProbesTest {
  private static final DeviceId KITCHEN = new DeviceId("kitchen");
  private static final DeviceId LAB = new DeviceId("lab");
  private static final String PI = "raspberry-pi-5";

  @TempDir Path home;

  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final Map<DeviceId, BlockingQueue<byte[]>> offers = new ConcurrentHashMap<>();
  private final MovedClock clock = new MovedClock();
  private Database database;
  private DeviceStore devices;
  private Benches benches;
  private Probes probes;
  private BenchedDevices benched;
  private DeviceProfile profile;

  @BeforeEach
  void start() throws IOException {
    database = Database.open(home.resolve("sagui.db"));
    devices = new DeviceStore(database);
    Profiles profiles = Profiles.read(Optional.empty());
    profile = profiles.get(PI);
    BenchStore store = new BenchStore(database);
    benched = new BenchedDevices(store, profiles::find);
    benches = new Benches(store, devices, key, new EventStore(database), clock);
    BlobFolder blobs = new BlobFolder(home.resolve("blobs"), Long.MAX_VALUE);
    probes = new Probes(benches, profiles, blobs, key);
    benches.start((device, envelope) -> offers(device).add(envelope));
  }

  @AfterEach
  void end() {
    benches.close();
    database.close();
  }

  @Test
  void aDeviceThatOptedInIsAskedOnceAndWhatItMeasuredIsItsSpeed() throws Exception {
    birth("attic", PI, "1.29.0", false);
    birth("garage", "a-board-that-nobody-knows", "1.29.0", true);
    birth(KITCHEN.value(), PI, "1.29.0", true);
    birth(LAB.value(), "raspberry-pi-4", "1.29.0", true);
    probe(LAB, 2);
    probe(KITCHEN, 1);
    Speeds speeds = awaitSpeeds(KITCHEN);
    double flops = ProbeGraph.floats().work().flops();
    assertEquals(flops / 4e6, speeds.fp32Gflops(), 1e-6);
    assertEquals(flops / 1e6, speeds.int8Gops(), 1e-6);
    assertEquals(ProbeGraph.product(profile).work().bytes() / 10e6, speeds.memoryGbs(), 1e-6);
    assertEquals(0.04, speeds.callMillis().orElseThrow(), 1e-9);
    assertEquals(0.09, speeds.storageGbs().orElseThrow(), 1e-9);
    birth(KITCHEN.value(), PI, "1.29.0", true);
    assertNull(offers(KITCHEN).poll(500, TimeUnit.MILLISECONDS));
  }

  @Test
  void anotherRuntimeIsProbedAnewAndTheOldSpeedsAreNotTheDevicesAnyMore() throws Exception {
    birth(KITCHEN.value(), PI, "1.29.0", true);
    probe(KITCHEN, 1);
    awaitSpeeds(KITCHEN);
    birth(KITCHEN.value(), PI, "1.30.0", true);
    assertEquals(Map.of(), benched.speeds(List.of(KITCHEN.value())));
    assertEquals("1.30.0", benches.find(job(KITCHEN).id()).orElseThrow().subject().runtime());
  }

  @Test
  void aProfileHasTheMedianOfItsDevicesAndElseTheBoardsData() throws Exception {
    assertEquals(profile, benched.probed(profile));
    for (String device : List.of("one", "two", "three")) {
      birth(device, PI, "1.29.0", true);
    }
    double times = 1;
    for (String device : List.of("one", "two", "three")) {
      probe(new DeviceId(device), times);
      awaitSpeeds(new DeviceId(device));
      times *= 2;
    }
    Speeds median = benched.probed(profile).speeds().orElseThrow();
    assertEquals(3, median.devices());
    assertEquals(ProbeGraph.floats().work().flops() / 8e6, median.fp32Gflops(), 1e-6);
    devices.distrustBenches(new DeviceId("one"), "it told nonsense");
    assertEquals(2, benched.probed(profile).speeds().orElseThrow().devices());
  }

  @Test
  void aDeviceThatIsNotAsFastAsItsLikeIsFlaggedByItsProbe() throws Exception {
    for (String device : List.of("one", "two", "three")) {
      birth(device, PI, "1.29.0", true);
    }
    probe(new DeviceId("one"), 1);
    probe(new DeviceId("two"), 1.1);
    probe(new DeviceId("three"), 4);
    awaitSpeeds(new DeviceId("three"));
    Map<DeviceId, String> outliers = benched.outliers(devices.list("", 10));
    assertEquals(1, outliers.size(), outliers.toString());
    assertTrue(outliers.get(new DeviceId("three")).contains("probe"), outliers.toString());
  }

  @Test
  void aDeviceThatIsSetToBeSlowIsFlaggedBeforeItMeasuresAnything() {
    birth(KITCHEN.value(), PI, "1.29.0", true);
    DeviceId slow = new DeviceId("slow");
    Conditions powersave =
        new Conditions(Optional.of("powersave"), OptionalInt.of(600), OptionalDouble.empty());
    devices.born(
        new DeviceState(slow, "one", true, Optional.empty(), Optional.empty()),
        BornFacts.of(PI, powersave),
        Instant.now());
    Map<DeviceId, String> outliers = benched.outliers(devices.list("", 10));
    assertEquals(Set.of(slow), outliers.keySet());
    assertTrue(outliers.get(slow).contains("600 MHz"), outliers.toString());
  }

  @Test
  void aBusyDeviceIsAskedAgainEachTimeTwiceAsMuchLater() throws Exception {
    birth(KITCHEN.value(), PI, "1.29.0", true);
    for (int seconds : new int[] {10, 20, 40}) {
      decline(job(KITCHEN));
      decline(jobAfter(Duration.ofSeconds(4))); // the other of the two
      clock.move(Duration.ofSeconds(seconds - 5));
      assertNull(offers(KITCHEN).poll(500, TimeUnit.MILLISECONDS));
      clock.move(Duration.ofSeconds(6));
    }
    assertNotNull(job(KITCHEN));
  }

  @Test
  void aDeviceThatIsAwayIsAskedWhenItIsBack() throws Exception {
    birth(KITCHEN.value(), PI, "1.29.0", true);
    BenchJob first = job(KITCHEN);
    devices.allOffline();
    clock.move(Duration.ofSeconds(1));
    assertNull(offers(KITCHEN).poll(700, TimeUnit.MILLISECONDS));
    birth(KITCHEN.value(), PI, "1.29.0", true);
    assertTrue(job(KITCHEN).sequence() > first.sequence());
    assertFalse(benches.find(first.id()).isEmpty());
  }

  private void decline(BenchJob job) {
    answer(KITCHEN, job, BenchReport.Outcome.declined("it answered a request 0 s ago"));
  }

  private BenchJob jobAfter(Duration rest) throws InterruptedException {
    clock.move(rest);
    return job(KITCHEN);
  }

  /** Answers both jobs as a device of the board's speed would, or of a share of it. */
  private void probe(DeviceId device, double slower) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      BenchJob job = job(device);
      Bench bench = benches.find(job.id()).orElseThrow();
      boolean convolutions = bench.variant().equals(DeviceSpeeds.CONVOLUTIONS);
      BenchResult result =
          convolutions ? result(1 * slower, 4 * slower) : result(0.04 * slower, 10 * slower);
      assertEquals(0, job.rate());
      answer(device, job, BenchReport.Outcome.measured(result));
    }
  }

  private static BenchResult result(double candidate, double reference) {
    double ratio = candidate / reference;
    return new BenchResult(
        "1.29.0",
        new BenchResult.Times(1, 1, candidate, candidate, candidate, candidate, 0.1),
        new BenchResult.Times(1, 1, reference, reference, reference, reference, 0.1),
        new BenchResult.Ratio(ratio, 0.8 * ratio, 1.25 * ratio, 40),
        0.04 * (candidate + reference),
        0,
        0,
        OptionalDouble.empty(),
        false,
        Optional.empty(),
        OptionalDouble.of(candidate < 1 ? 0.09 : 0.05));
  }

  private Speeds awaitSpeeds(DeviceId device) throws InterruptedException {
    Map<DeviceId, Speeds> speeds = Map.of();
    for (int i = 0; i < 3000 && speeds.isEmpty(); i++) {
      Thread.sleep(20);
      speeds = benched.speeds(List.of(device.value()));
    }
    return speeds.get(device);
  }

  private BlockingQueue<byte[]> offers(DeviceId to) {
    return offers.computeIfAbsent(to, one -> new LinkedBlockingQueue<>());
  }

  private BenchJob job(DeviceId to) throws InterruptedException {
    byte[] envelope = offers(to).poll(60, TimeUnit.SECONDS);
    assertNotNull(
        envelope,
        () -> "no job was offered within 60 s: " + benches.list(0, 9) + devices.list("", 9));
    return new ManifestCheck(List.of(key.trusted())).bench(envelope, to, 0);
  }

  private void answer(DeviceId device, BenchJob job, BenchReport.Outcome outcome) {
    benches.reported(new BenchReport(device, "one", 1, job.id(), outcome));
  }

  private void birth(String device, String profile, String runtime, boolean willing) {
    DeviceState.Facts facts = BornFacts.of(profile, runtime, willing);
    DeviceId id = new DeviceId(device);
    devices.born(
        new DeviceState(id, "one", true, Optional.of(facts), Optional.empty()),
        facts,
        Instant.now());
    probes.born(id, facts);
    clock.move(Probes.QUIET);
  }
}
