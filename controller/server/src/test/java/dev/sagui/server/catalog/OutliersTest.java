/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.Digest;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.BenchJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private static final Digest MODEL = Digest.of(new byte[] {1});
  private static final BenchJob.Part PART = new BenchJob.Part(MODEL, 900);

  private final List<Bench> benches = new ArrayList<>();

  @Test
  void flagsADeviceThatIsFarFromTheOthersWithTheNumbers() {
    measured("one", "pi", 10.0);
    measured("two", "pi", 10.4);
    measured("three", "pi", 9.8);
    measured("slow", "pi", 21);
    Map<DeviceId, String> flagged = Outliers.of(benches);
    assertEquals(Set.of(new DeviceId("slow")), flagged.keySet());
    String why = flagged.get(new DeviceId("slow"));
    assertTrue(why.startsWith("21.0 ms for 'decoder' as it came"), why);
    assertTrue(why.contains("the 3 others of 'pi' 10.0 ms"), why);
  }

  @Test
  void whatIsWithinAFifthOrWithinTheOthersScatterIsNone() {
    measured("one", "pi", 10.0);
    measured("two", "pi", 10.0);
    measured("near", "pi", 11.9);
    measured("a", "mixed", 10);
    measured("b", "mixed", 14);
    measured("c", "mixed", 18);
    assertEquals(Map.of(), Outliers.of(benches));
  }

  @Test
  void twoDevicesOrOtherProfilesTellNothingOfEachOther() {
    measured("one", "pi", 10);
    measured("two", "pi", 30);
    measured("three", "laptop", 1);
    assertEquals(Map.of(), Outliers.of(benches));
  }

  @Test
  void aSlowMinuteOfOneBenchIsNotTheDevice() {
    measured("one", "pi", 10.0);
    measured("two", "pi", 10.1);
    measured("three", "pi", 10.0);
    measured("three", "pi", 10.2);
    measured("three", "pi", 31.0);
    assertEquals(Map.of(), Outliers.of(benches));
  }

  private void measured(String device, String profile, double millis) {
    BenchResult.Times times = new BenchResult.Times(1, 1, millis, 2 * millis, 90, 99, 0.1);
    BenchResult result =
        new BenchResult(
            "1.29.0",
            times,
            times,
            new BenchResult.Ratio(1, 0.99, 1.01, 40),
            100,
            0,
            0,
            OptionalDouble.empty(),
            false,
            Optional.empty(),
            OptionalDouble.empty());
    Digest variant = Digest.of(new byte[] {2, (byte) benches.size()});
    benches.add(
        new Bench(
            "bench-" + benches.size(),
            "decoder",
            "int8",
            new Bench.Subject(variant, MODEL, profile, "1.29.0"),
            PART,
            PART,
            8,
            Least.Pair.UNKNOWN,
            Bench.State.DONE,
            Optional.of(new DeviceId(device)),
            "one",
            Instant.EPOCH,
            0,
            "",
            Optional.empty(),
            Optional.of(result)));
  }
}
