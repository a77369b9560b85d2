/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EntranceTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Entrance entrance = new Entrance(Optional.of("secret"), new SplittableRandom(7));

  @Test
  void sessionLastsUntilItEndsOrIsLeft() {
    String session = entrance.enter("secret", NOW).orElseThrow();
    String other = entrance.enter("secret", NOW).orElseThrow();
    assertNotEquals(session, other);
    assertTrue(entrance.holds(session, NOW.plusSeconds(60)));
    assertFalse(entrance.holds(session, NOW.plus(Entrance.SESSION)));
    entrance.leave(session);
    assertFalse(entrance.holds(session, NOW));
    assertTrue(entrance.holds(other, NOW));
  }

  @Test
  void tokenItselfIsNoSession() {
    assertFalse(entrance.holds("secret", NOW));
    assertFalse(entrance.enter("secret", NOW).orElseThrow().contains("secret"));
  }

  @Test
  void wrongTokensBarTheEntranceForAMinute() {
    for (int i = 0; i < 10; i++) {
      assertFalse(entrance.isBarred(NOW));
      assertEquals(Optional.empty(), entrance.enter("guess" + i, NOW));
    }
    assertTrue(entrance.isBarred(NOW));
    assertEquals(Optional.empty(), entrance.enter("secret", NOW));
    assertTrue(entrance.enter("secret", NOW.plusSeconds(61)).isPresent());
  }

  @Test
  void withoutATokenNothingIsGuardedAndNothingIsTheToken() {
    Entrance open = new Entrance(Optional.empty(), new SplittableRandom(7));
    assertFalse(open.isGuarded());
    assertFalse(open.isToken(""));
  }

  @Test
  void ownPagesAreToldFromOtherSites() {
    assertTrue(origin("same-origin", "http://pi:8080").isOwn());
    assertFalse(origin("cross-site", "http://pi:8080").isOwn());
    assertFalse(origin("same-site", null).isOwn());
    assertTrue(origin(null, "http://pi:8080").isOwn());
    assertFalse(origin(null, "http://pi:8081").isOwn());
    assertFalse(origin(null, "null").isOwn());
    assertFalse(origin(null, null).isOwn());
    assertFalse(origin(null, null).isForeign());
    assertTrue(origin(null, "http://evil").isForeign());
  }

  private static RequestOrigin origin(
      @org.jspecify.annotations.Nullable String site,
      @org.jspecify.annotations.Nullable String origin) {
    return new RequestOrigin(Optional.ofNullable(site), Optional.ofNullable(origin), "pi:8080");
  }
}
