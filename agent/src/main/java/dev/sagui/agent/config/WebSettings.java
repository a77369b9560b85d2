/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import java.util.Optional;

/**
 * Which web servers are asked for chunks before the controller.
 *
 * @param own always asked; empty unless one is configured
 * @param allowed of those that a desired state names
 */
public record WebSettings(Optional<WebServer> own, Origins allowed) {
  public static final WebSettings NONE = new WebSettings(Optional.empty(), Origins.NONE);
}
