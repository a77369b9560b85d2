/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.BlobPlace;
import java.util.Optional;

/**
 * A web server with artifacts.
 *
 * @param token sent as a bearer token, and to no other server
 * @param mayRedirect to wherever it says, by the same scheme
 */
public record WebServer(BlobPlace place, Optional<String> token, boolean mayRedirect) {
  public WebServer {
    token.ifPresent(WebServer::checkToken);
  }

  /** One that this device's configuration names; a token is for it alone. */
  public static WebServer configured(BlobAddress address, Optional<String> token) {
    return new WebServer(address, token, token.isEmpty());
  }

  /** One that a desired state names: nobody else is asked in its place. */
  public static WebServer named(BlobPlace place) {
    return new WebServer(place, Optional.empty(), false);
  }

  private static void checkToken(String token) {
    if (!token.matches("[\\x21-\\x7e]+")) {
      throw new IllegalArgumentException(
          "sagui.fetch.token must be visible ASCII characters without spaces");
    }
  }
}
