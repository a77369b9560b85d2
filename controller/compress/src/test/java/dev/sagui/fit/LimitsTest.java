/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.recipe.Gate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitsTest {
  @Test
  void aProfilesOwnStandsInPlaceOfTheCommonOne() {
    Limits limits =
        Limits.parse(Optional.of("flash=2MB,board:p95=5ms"), Optional.of("psnr=35,board:psnr=60"));
    assertEquals(
        List.of(new Gate("p95", 5), new Gate("psnr", 60), new Gate("flash", 2e6)),
        limits.of(DecisionTest.board()));
    assertEquals(35, limits.find("psnr").orElseThrow());
  }

  @Test
  void withoutAFloorErrorsDoNotShow() {
    assertEquals(
        List.of(new Gate("sqnr", 30)), Limits.parse(Optional.empty(), Optional.empty()).common());
    Limits own = Limits.parse(Optional.empty(), Optional.of("board:psnr=60"));
    assertEquals(List.of(new Gate("psnr", 60), new Gate("sqnr", 30)), own.of(DecisionTest.board()));
  }

  @Test
  void limitsOfOthersAreRefused() {
    Limits limits = Limits.parse(Optional.of("bord:p95=5ms"), Optional.empty());
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> limits.expectProfiles(Set.of("board", "another")));
    assertTrue(
        String.valueOf(e.getMessage()).contains("'bord', which is not fitted to"), e.getMessage());
    assertThrows(
        RejectedException.class,
        () -> Limits.parse(Optional.empty(), Optional.of("board:flash=2MB")));
  }
}
