/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.fit.DeviceBench;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.BornFacts;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.catalog.Least;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bench jobs between a database and devices that a test plays. */
class BenchesTest {
  private static final DeviceId KITCHEN = new DeviceId("kitchen");
  private static final DeviceId LAB = new DeviceId("lab");
  private static final Digest VARIANT = Digest.of(new byte[] {1});
  private static final Digest REFERENCE = Digest.of(new byte[] {2});
  private static final BenchJob.Part PART = new BenchJob.Part(VARIANT, 900);

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path home;

  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final BlockingQueue<Offer> offers = new LinkedBlockingQueue<>();
  private final MovedClock clock = new MovedClock();
  private Database database;
  private DeviceStore devices;
  private Benches benches;

  private record Offer(DeviceId device, byte[] envelope) {}

  @BeforeEach
  void start() {
    database = Database.open(home.resolve("sagui.db"));
    devices = new DeviceStore(database);
    benches = begun();
  }

  private Benches begun() {
    Benches made =
        new Benches(new BenchStore(database), devices, key, new EventStore(database), clock);
    made.start((device, envelope) -> offers.add(new Offer(device, envelope)));
    return made;
  }

  @AfterEach
  void end() {
    benches.close();
    database.close();
  }

  @Test
  void offersASignedJobToADeviceOfTheProfileThatOptedInAndMeasuresOnce() throws Exception {
    birth("attic", "raspberry-pi-5", false, "1.29.0");
    birth("garage", "raspberry-pi-4", true, "1.29.0");
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    Bench asked = benches.ask(fresh("bench-1"));
    BenchJob job = offered(KITCHEN);
    assertEquals("bench-1", job.id());
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.5, 0.01, "1.29.0")));
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.9, 0.01, "1.29.0")));
    Bench done = benches.await(asked.id(), Duration.ofSeconds(5), LONG);
    assertEquals(Bench.State.DONE, done.state());
    assertEquals(0.5, done.result().orElseThrow().ratio().value());
    assertEquals(done, benches.ask(fresh("bench-2")));
    assertTrue(offers.isEmpty());
  }

  @Test
  void aDeviceThatDeclinesIsAskedAgainLaterWithANewerJob() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    BenchJob first = offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.interrupted("a request came"));
    Bench waiting = benches.find("bench-1").orElseThrow();
    assertEquals(Bench.State.WAITING, waiting.state());
    assertTrue(waiting.note().contains("a request came"), waiting.note());
    assertTrue(offered(KITCHEN).sequence() > first.sequence());
  }

  @Test
  void whatTellsImpossibleNumbersIsAskedNoMoreAndOthersAre() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    birth(LAB.value(), "raspberry-pi-5", true, "1.29.0");
    benches.distrust(KITCHEN, "a time is not above 0");
    offered(LAB);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.1, 0.001, "1.29.0")));
    assertEquals(Bench.State.OFFERED, benches.find("bench-1").orElseThrow().state());
  }

  @Test
  void aQuarantineOutlivesTheControllerUntilItIsClearedAndIsTold() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    benches.distrust(KITCHEN, "a time is not above 0");
    benches.close();
    benches = begun();
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0", "two");
    assertEquals(List.of(), benches.willing("raspberry-pi-5"));
    assertEquals("a time is not above 0", quarantine());
    assertTrue(
        new EventStore(database)
            .list(Long.MAX_VALUE, 9).stream()
                .anyMatch(event -> event.message().endsWith("no more: a time is not above 0")));
    assertTrue(devices.trustBenches(KITCHEN));
    assertFalse(devices.trustBenches(KITCHEN));
    offered(KITCHEN);
  }

  private String quarantine() {
    return devices.find(KITCHEN.value()).flatMap(Device::benchQuarantine).orElse("");
  }

  @Test
  void aJobInFlightIsOfferedAgainAfterARestartAndWhenItsDeviceComesBackAnew() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    BenchJob first = offered(KITCHEN);
    benches.close();
    benches = begun();
    BenchJob second = offered(KITCHEN);
    assertTrue(second.sequence() > first.sequence());
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0", "two");
    assertEquals("bench-1", offered(KITCHEN).id());
  }

  @Test
  void noiseThrottlingAndAnotherRuntimeAreNotUsed() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.5, 0.2, "1.29.0")));
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.5, 0.01, "1.28.0")));
    Bench failed = benches.find("bench-1").orElseThrow();
    assertEquals(Bench.State.FAILED, failed.state());
    assertTrue(failed.note().contains("1.28.0"), failed.note());
    assertEquals(Bench.State.WAITING, benches.ask(fresh("bench-2")).state()); // worth another try
  }

  @Test
  void aVariantThatTakesItsProcessDownIsNotTriedAgain() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    Reported.Failure why = new Reported.Failure(FailureCode.MODEL_CRASHED, "signal 11");
    answer(KITCHEN, "bench-1", BenchReport.Outcome.failed(why));
    Bench failed = benches.ask(fresh("bench-2"));
    assertEquals(Optional.of(FailureCode.MODEL_CRASHED), failed.code());
  }

  @Test
  void aDeviceThatDoesNotBelieveItIsLeftAtOnceAndAskedAgainInAMinute() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    byte[] sent = offer(KITCHEN).envelope;
    BenchReport.Outcome refusal =
        BenchReport.Outcome.declined("SIGNATURE_INVALID: of no known key");
    answer(LAB, Digest.of(sent).hex(), refusal);
    answer(KITCHEN, Digest.of(new byte[] {7}).hex(), refusal);
    assertEquals(Bench.State.OFFERED, benches.find("bench-1").orElseThrow().state());
    answer(KITCHEN, Digest.of(sent).hex(), refusal);
    Bench waiting = benches.find("bench-1").orElseThrow();
    assertEquals(Bench.State.WAITING, waiting.state());
    assertTrue(waiting.note().contains("'kitchen' refuses it: SIGNATURE_INVALID"), waiting.note());
    assertNull(offers.poll(1, TimeUnit.SECONDS));
    clock.move(Duration.ofSeconds(61));
    offered(KITCHEN);
  }

  @Test
  void whatNoDeviceMeasuresEndsAfterADayAndMayBeAskedAgain() throws Exception {
    assertEquals(Bench.State.WAITING, benches.ask(fresh("bench-1")).state());
    clock.move(Benches.LIFE.plusSeconds(1));
    Bench ended = benches.await("bench-1", Duration.ofSeconds(5), LONG);
    assertEquals(Bench.State.FAILED, ended.state());
    assertEquals(Optional.empty(), ended.code());
    assertEquals("no device measured it within 24 h", ended.note());
    Bench again = benches.ask(fresh("bench-2"));
    assertEquals(Bench.State.WAITING, again.state());
    assertEquals("bench-1", again.id());
  }

  @Test
  void theDeadlineHoldsOverARestart() throws Exception {
    benches.ask(fresh("bench-1"));
    benches.close();
    clock.move(Benches.LIFE.plusSeconds(1));
    benches = begun();
    Bench ended = benches.await("bench-1", Duration.ofSeconds(5), LONG);
    assertEquals(Bench.State.FAILED, ended.state());
    assertTrue(ended.note().contains("the controller was restarted"), ended.note());
  }

  @Test
  void aDeviceThatNeverAnswersIsGivenARest() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    birth(LAB.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    DeviceId silent = offers.poll(10, TimeUnit.SECONDS).device;
    clock.move(Duration.ofMinutes(9));
    offered(silent.equals(LAB) ? KITCHEN : LAB);
  }

  @Test
  void aDeviceThatAlwaysDeclinesUsesThePatienceUp() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    Bench asked = benches.ask(fresh("bench-1"));
    Thread busy =
        new Thread(
            () -> {
              try {
                while (true) {
                  offers.take();
                  answer(KITCHEN, "bench-1", BenchReport.Outcome.declined("it is busy"));
                  clock.move(Duration.ofSeconds(3));
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    busy.start();
    try {
      Bench left =
          assertTimeoutPreemptively(
              Duration.ofSeconds(20), () -> benches.await(asked.id(), Duration.ofSeconds(2), LONG));
      assertEquals(Bench.State.WAITING, left.state());
    } finally {
      busy.interrupt();
      busy.join();
    }
  }

  @Test
  void moreThanItsBoardCanComputeIsNotBelieved() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.009, 1e-5, "1.29.0")));
    assertEquals(
        "a run in 0.00900 ms, and its profile's board needs 0.0100 ms to compute", quarantine());
    assertEquals(Bench.State.WAITING, benches.find("bench-1").orElseThrow().state());
  }

  @Test
  void moreThanItsMemoryCarriesIsNotBelieved() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.9, 0.01, "1.29.0", 0.015)));
    assertEquals(
        "a run in 0.0150 ms, and its profile's board needs 0.0200 ms to read the weights",
        quarantine());
  }

  @Test
  void whoMeasuredForLongerThanItWasAskedIsNotBelieved() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.5, 0.01, "1.29.0", 100)));
    assertTrue(quarantine().startsWith("100.0 s of measuring, and it was asked 0."), quarantine());
  }

  @Test
  void noJumpOfAClockMakesADeviceALiar() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    clock.move(Duration.ofDays(-20_000)); // to before 1970 and back
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.5, 0.01, "1.29.0")));
    assertEquals("", quarantine());
    assertEquals(Bench.State.DONE, benches.find("bench-1").orElseThrow().state());
  }

  @Test
  void anAnswerToWhatWasAskedBeforeARestartIsBelieved() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    benches.close();
    benches = begun();
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.measured(result(0.5, 0.01, "1.29.0", 100)));
    assertEquals("", quarantine());
  }

  @Test
  void whoWasAskedNothingCannotMakeOthersDistrusted() throws Exception {
    benches.distrust(KITCHEN, "a time is not above 0"); // anyone may write to its topic
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    benches.ask(fresh("bench-1"));
    offered(KITCHEN);
  }

  @Test
  void nobodyWaitsForASlowDisk() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    Bench asked = benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    database.write( // a statement that takes long
        h ->
            assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                  answer(
                      KITCHEN,
                      "bench-1",
                      BenchReport.Outcome.measured(result(0.5, 0.01, "1.29.0")));
                  return benches.await(asked.id(), Duration.ofSeconds(5), LONG).state();
                }));
    benches.close();
    assertEquals(Bench.State.DONE, new BenchStore(database).find("bench-1").orElseThrow().state());
  }

  @Test
  void waitsNoLongerThanItsPatienceForADevice() throws Exception {
    Bench asked = benches.ask(fresh("bench-1"));
    assertEquals(
        Bench.State.WAITING, benches.await(asked.id(), Duration.ofMillis(300), LONG).state());
  }

  @Test
  void aFitSaysWhyADeviceMeasuredNothing() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    Bench asked = benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    answer(KITCHEN, "bench-1", BenchReport.Outcome.interrupted("other programs left no processor"));
    Bench left = benches.await(asked.id(), Duration.ofMillis(300), LONG);
    DeviceBench.Reading reading = BenchRequests.reading(left);
    assertEquals(
        DeviceBench.Reading.none("estimated: 'kitchen': other programs left no processor"),
        reading);
  }

  @Test
  void waitsNoLongerThanAResultIsOfUse() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    Bench asked = benches.ask(fresh("bench-1"));
    offered(KITCHEN);
    Bench late = benches.await(asked.id(), LONG, Duration.ofMillis(300));
    assertEquals(Bench.State.OFFERED, late.state());
  }

  @Test
  void jobsAreSpreadOverIdleDevicesAndOneThatVanishesGivesItsJobBack() throws Exception {
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    birth(LAB.value(), "raspberry-pi-5", true, "1.29.0");
    assertEquals(2, benches.idle("raspberry-pi-5"));
    benches.ask(fresh("bench-1"));
    benches.ask(fresh("bench-2", Digest.of(new byte[] {3})));
    Offer first = offers.poll(10, TimeUnit.SECONDS);
    Offer second = offers.poll(10, TimeUnit.SECONDS);
    assertEquals(Set.of(KITCHEN, LAB), Set.of(first.device, second.device));
    assertEquals(0, benches.idle("raspberry-pi-5"));
    String kitchens = with(KITCHEN);
    devices.gone(
        new DeviceState(KITCHEN, "one", false, Optional.empty(), Optional.empty()), Instant.now());
    answer(LAB, with(LAB), BenchReport.Outcome.measured(result(0.5, 0.01, "1.29.0")));
    assertEquals(kitchens, offered(LAB).id());
  }

  private String with(DeviceId device) {
    return List.of("bench-1", "bench-2").stream()
        .filter(id -> benches.find(id).orElseThrow().isWith(device))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aJobHasTheSecondsThatItsFitHadForIt() throws Exception {
    benches.ask(fresh("bench-1"));
    benches.close();
    benches = begun();
    birth(KITCHEN.value(), "raspberry-pi-5", true, "1.29.0");
    assertEquals(3.5, offered(KITCHEN).seconds(), 0);
  }

  private BenchJob offered(DeviceId to) throws InterruptedException {
    return new ManifestCheck(List.of(key.trusted())).bench(offer(to).envelope, to, 0);
  }

  private Offer offer(DeviceId to) throws InterruptedException {
    Offer offer = offers.poll(10, TimeUnit.SECONDS);
    assertTrue(offer != null, "no job was offered within 10 s");
    assertEquals(to, offer.device);
    return offer;
  }

  private void answer(DeviceId device, String job, BenchReport.Outcome outcome) {
    benches.reported(new BenchReport(device, "one", 1, job, outcome));
  }

  private static Bench fresh(String id) {
    return fresh(id, VARIANT);
  }

  private static Bench fresh(String id, Digest subject) {
    StoredFile file = new StoredFile("model.onnx", VARIANT, 10, VARIANT);
    StoredVariant variant =
        new StoredVariant(
            new ArtifactName("vae"),
            new ArtifactName("int8"),
            20,
            OptionalDouble.empty(),
            false,
            1,
            "model.onnx",
            List.of(file),
            file);
    return Bench.waiting(
        id,
        variant,
        new Bench.Subject(subject, REFERENCE, "raspberry-pi-5", "1.29.0"),
        PART,
        PART,
        3.5,
        new Least.Pair(new Least(0.01, 0), new Least(0, 0.02)));
  }

  private static BenchResult result(double ratio, double halfWidth, String runtime) {
    return result(ratio, halfWidth, runtime, 1);
  }

  /** Of runs that took the reference so many milliseconds. */
  private static BenchResult result(double ratio, double halfWidth, String runtime, double millis) {
    return new BenchResult(
        runtime,
        new BenchResult.Times(1, 1, ratio * millis, millis, millis, millis, 0.1),
        new BenchResult.Times(1, 1, millis, millis, millis, millis, 0.1),
        new BenchResult.Ratio(ratio, ratio - halfWidth, ratio + halfWidth, 400),
        millis,
        0,
        0,
        OptionalDouble.empty(),
        false,
        Optional.empty(),
        OptionalDouble.empty());
  }

  private void birth(String device, String profile, boolean benches, String runtime) {
    birth(device, profile, benches, runtime, "one");
  }

  private void birth(
      String device, String profile, boolean benches, String runtime, String instance) {
    DeviceState.Facts facts = BornFacts.of(profile, runtime, benches);
    devices.born(
        new DeviceState(new DeviceId(device), instance, true, Optional.of(facts), Optional.empty()),
        facts,
        Instant.now());
  }
}
