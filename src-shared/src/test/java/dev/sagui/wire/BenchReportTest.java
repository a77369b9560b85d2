/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.device.UnderLoad;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.manifest.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchReportTest {
  private static final SigningKey DEVICE = new SigningKey(SigningKey.generate());
  static final BenchResult RESULT =
      new BenchResult(
          "1.29.0",
          new BenchResult.Times(12, 3, 1.1, 1.2, 1.5, 2, 0.6),
          new BenchResult.Times(10, 4, 2.2, 2.3, 2.5, 3, 1.2),
          new BenchResult.Ratio(0.5, 0.49, 0.51, 400),
          1.5,
          4_000_000,
          1e-4,
          OptionalDouble.of(51.5),
          false,
          Optional.of(new UnderLoad(10, 30, 1.4, 2.5, 9, OptionalDouble.of(0.25))),
          OptionalDouble.of(0.09));

  @Test
  void looksAsAlways() throws IOException {
    BenchReport report = report(BenchReport.Outcome.measured(RESULT));
    try (InputStream golden = BenchReportTest.class.getResourceAsStream("bench.json")) {
      assertEquals(
          new String(Objects.requireNonNull(golden).readAllBytes(), StandardCharsets.UTF_8),
          new String(Json.pretty(Json.parse(report.encode())), StandardCharsets.UTF_8));
    }
    assertEquals(report, BenchReport.parse(report.encode()));
  }

  @Test
  void aReasonOfAnyLengthFitsTheChannel() {
    for (String letter : List.of("x", "\u6c34", "\u0001")) {
      String reason = letter.repeat(100_000);
      Reported.Failure why = new Reported.Failure(FailureCode.MODEL_CRASHED, reason);
      for (BenchReport.Outcome outcome :
          List.of(
              BenchReport.Outcome.failed(why),
              BenchReport.Outcome.declined(reason),
              BenchReport.Outcome.interrupted(reason))) {
        BenchReport report = report(outcome);
        byte[] envelope = report.signed(DEVICE);
        assertEquals(report, BenchReport.parse(BenchReport.opened(envelope, DEVICE.trusted())));
      }
    }
  }

  @Test
  void onlyTheDevicesOwnWordIsOpened() {
    BenchReport report = report(BenchReport.Outcome.measured(RESULT));
    byte[] envelope = report.signed(new SigningKey(SigningKey.generate()));
    RejectedException refused =
        assertThrows(RejectedException.class, () -> BenchReport.opened(envelope, DEVICE.trusted()));
    assertEquals(FailureCode.SIGNATURE_INVALID, refused.code());
    assertThrows(
        RejectedException.class, () -> BenchReport.opened(report.encode(), DEVICE.trusted()));
  }

  @ParameterizedTest
  @CsvSource({
    "p10_ms\":1.1, p10_ms\":1.3",
    "p10_ms\":1.1, p10_ms\":-1.1",
    "p50_ms\":1.2, p50_ms\":1e999",
    "value\":0.5, value\":0.4",
    "rounds\":400, rounds\":40000",
    "cpu_seconds\":0.6, cpu_seconds\":1e9",
    "p99_ms\":9.0, p99_ms\":2.0",
    "joules_per_request\":0.25, joules_per_request\":-1.0",
    "celsius\":51.5, celsius\":5150.0",
    "MEASURED, DECLINED"
  })
  void refusesWhatNoDeviceCanGive(String told, String instead) {
    String text =
        new String(report(BenchReport.Outcome.measured(RESULT)).encode(), StandardCharsets.UTF_8);
    assertTrue(text.contains(told), text);
    byte[] changed = text.replaceFirst(told, instead).getBytes(StandardCharsets.UTF_8);
    assertThrows(RejectedException.class, () -> BenchReport.parse(changed));
  }

  @Test
  void whatVariesTooMuchOrWasThrottledIsDoubted() {
    assertTrue(RESULT.doubt().isEmpty());
    BenchResult.Ratio wide = new BenchResult.Ratio(0.5, 0.4, 0.6, 400);
    assertTrue(with(wide, false).doubt().orElseThrow().contains("vary"));
    assertTrue(with(RESULT.ratio(), true).doubt().orElseThrow().contains("throttled"));
  }

  private static BenchResult with(BenchResult.Ratio ratio, boolean throttled) {
    return new BenchResult(
        RESULT.runtime(),
        RESULT.candidate(),
        RESULT.reference(),
        ratio,
        RESULT.seconds(),
        RESULT.peakBytes(),
        RESULT.differs(),
        RESULT.celsius(),
        throttled,
        RESULT.underLoad(),
        RESULT.storageGbs());
  }

  private static BenchReport report(BenchReport.Outcome outcome) {
    return new BenchReport(new DeviceId("kitchen"), "i1", 2, "bench-1", outcome);
  }
}
