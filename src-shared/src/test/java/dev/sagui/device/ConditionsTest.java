/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds a device back that its profile does not plan with. */
class ConditionsTest {
  private static final Conditions PI_5 = conditions("ondemand", 2_400, 80);

  private static Conditions conditions(String governor, int mhz, double celsius) {
    return new Conditions(Optional.of(governor), OptionalInt.of(mhz), OptionalDouble.of(celsius));
  }

  private static Conditions read(String json) {
    return Conditions.of(Fields.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aDeviceThatIsSetAsItsProfileOrFasterIsAsItShouldBe() {
    assertEquals(List.of(), PI_5.slowerThan(PI_5));
    assertEquals(List.of(), conditions("performance", 3_000, 90).slowerThan(PI_5));
    assertEquals(List.of(), conditions("schedutil", 2_392, 80).slowerThan(PI_5));
  }

  @Test
  void whatIsNotKnownIsNotHeldAgainstIt() {
    assertEquals(List.of(), Conditions.UNKNOWN.slowerThan(PI_5));
    assertEquals(List.of(), conditions("powersave", 600, 60).slowerThan(Conditions.UNKNOWN));
  }

  @Test
  void eachThingThatHoldsItBackIsSaid() {
    List<String> said = conditions("powersave", 1_500, 60).slowerThan(PI_5);
    assertEquals(3, said.size(), said.toString());
    assertTrue(said.get(0).contains("'powersave'"), said.toString());
    assertTrue(said.get(1).contains("1500 MHz, its profile's 2400"), said.toString());
    assertTrue(said.get(2).contains("60 °C"), said.toString());
  }

  @Test
  void surviveTheirJson() {
    String json = new String(Json.write(Map.of("conditions", PI_5.json())), StandardCharsets.UTF_8);
    assertEquals(PI_5, read(json));
    assertEquals(Conditions.UNKNOWN, read("{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"conditions\":{\"governor\":\"<b>\"}}",
        "{\"conditions\":{\"max_mhz\":0}}",
        "{\"conditions\":{\"max_mhz\":9999999999}}",
        "{\"conditions\":{\"throttle_celsius\":-1}}",
        "{\"conditions\":7}"
      })
  void whatIsNoneIsRefused(String json) {
    assertThrows(RejectedException.class, () -> read(json));
  }

  @Test
  void nothingIsMeasuredJustBelowWhereClocksFall() {
    assertEquals(OptionalDouble.of(70), PI_5.coolCelsius());
    assertEquals(OptionalDouble.empty(), Conditions.UNKNOWN.coolCelsius());
  }
}
