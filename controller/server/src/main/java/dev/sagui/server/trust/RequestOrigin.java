/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.trust;

import java.util.Optional;
import java.util.Set;

/**
 * Where a browser says that a request comes from, against cross-site request forgery: {@code
 * Sec-Fetch-Site} (Fetch Metadata) where it is sent, else {@code Origin} against {@code Host}.
 *
 * @param host the request's own authority
 */
public record RequestOrigin(Optional<String> fetchSite, Optional<String> origin, String host) {
  private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

  /** Whether the method changes nothing. */
  public static boolean isHarmless(String method) {
    return HARMLESS.contains(method);
  }

  /** Whether one of our own pages sent it; false where the browser says nothing. */
  public boolean isOwn() {
    return fetchSite
        .map(site -> site.equals("same-origin"))
        .orElseGet(() -> origin.map(this::isHost).orElse(false));
  }

  /** Whether another site sent it; false where nothing is said, as by other programs. */
  public boolean isForeign() {
    return (fetchSite.isPresent() || origin.isPresent()) && !isOwn();
  }

  private boolean isHost(String from) {
    return from.equals("http://" + host) || from.equals("https://" + host);
  }
}
