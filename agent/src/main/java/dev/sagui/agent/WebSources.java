/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.Origins;
import dev.sagui.agent.config.WebServer;
import dev.sagui.agent.config.WebSettings;
import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.fetch.HttpSource;
import dev.sagui.artifact.BlobPlace;
import dev.sagui.artifact.FetchTerms;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Opens the sources of each release. Owned by the agent's thread. */
final class WebSources {
  private static final System.Logger LOG = System.getLogger("sagui.http");

  static final WebSources NONE =
      new WebSources(
          WebSettings.NONE,
          server -> {
            throw new IllegalStateException("none is allowed; this is a bug");
          });

  private final Origins allowed;
  private final Function<WebServer, HttpSource> open;
  private final Optional<HttpSource> own;

  WebSources(WebSettings settings, Function<WebServer, HttpSource> open) {
    this.allowed = settings.allowed();
    this.open = open;
    this.own = settings.own().map(open);
  }

  /** What a release on these terms is fetched from; to be closed with the fetch. */
  Sources of(FetchTerms terms, ChunkSource controller) {
    List<HttpSource> named =
        terms.places().stream()
            .filter(this::isAllowed)
            .map(address -> open.apply(WebServer.named(address)))
            .toList();
    return new Sources(named, own, controller);
  }

  private boolean isAllowed(BlobPlace address) {
    boolean allows = allowed.allows(address);
    if (!allows) {
      LOG.log(
          Level.WARNING,
          "source=refused server={0} reason=\"sagui.fetch.allow does not name it\"",
          address.server());
    }
    return allows;
  }
}
