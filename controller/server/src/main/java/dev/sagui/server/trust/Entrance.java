/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.trust;

import dev.sagui.artifact.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who may speak to the controller: whoever knows its token, and browsers that have shown it. A
 * browser gets a random session id in the token's place; ids are kept as digests, so that how long
 * a look-up takes tells nothing of them. Safe for many threads.
 */
public final class Entrance {
  /** How long a session lasts. */
  public static final Duration SESSION = Duration.ofHours(12);

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST_WRONG = 10;
  private static final int MOST_SESSIONS = 1_000;
  private static final int ID_BYTES = 32;

  private final Map<Digest, Instant> ends = new LinkedHashMap<>();
  private final Deque<Instant> wrong = new ArrayDeque<>();
  private final Optional<String> token;
  private final RandomGenerator random;

  /**
   * @param token empty lets everybody in
   * @param random a secure one
   */
  public Entrance(Optional<String> token, RandomGenerator random) {
    this.token = token;
    this.random = random;
  }

  /** Whether a token is set. */
  public boolean isGuarded() {
    return token.isPresent();
  }

  /** Whether {@code given} is the token, in a time that does not depend on where they differ. */
  public boolean isToken(String given) {
    return token.filter(own -> MessageDigest.isEqual(sha256(own), sha256(given))).isPresent();
  }

  /** Whether too many wrong tokens came within the last minute, from all browsers together. */
  public synchronized boolean isBarred(Instant now) {
    while (!wrong.isEmpty() && wrong.peekFirst().isBefore(now.minus(WINDOW))) {
      wrong.removeFirst();
    }
    return wrong.size() >= MOST_WRONG;
  }

  /** A new session's id; empty when the token is wrong or the entrance is barred. */
  public synchronized Optional<String> enter(String given, Instant now) {
    if (isBarred(now)) {
      return Optional.empty();
    }
    if (!isToken(given)) {
      wrong.addLast(now);
      return Optional.empty();
    }
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    ends.values().removeIf(now::isAfter);
    if (ends.size() >= MOST_SESSIONS) {
      ends.remove(ends.keySet().iterator().next());
    }
    ends.put(key(text), now.plus(SESSION));
    return Optional.of(text);
  }

  public synchronized boolean holds(String session, Instant now) {
    return Optional.ofNullable(ends.get(key(session))).filter(now::isBefore).isPresent();
  }

  public synchronized void leave(String session) {
    ends.remove(key(session));
  }

  private static Digest key(String session) {
    return Digest.of(session.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] sha256(String text) {
    return key(text).raw();
  }
}
