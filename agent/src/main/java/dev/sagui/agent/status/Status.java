/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.status;

import dev.sagui.agent.config.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** {@code sagui agent status}. */
public final class Status {
  private Status() {}

  /**
   * Prints how the device stands; its folder is only read.
   *
   * @throws dev.sagui.failure.RejectedException NOT_FOUND when no agent has run there
   */
  public static void print(Settings settings, Clock clock, boolean json, PrintStream out)
      throws IOException {
    Standing standing = Standing.read(settings);
    if (json) {
      out.print(new String(StatusJson.of(standing, clock.instant()), StandardCharsets.UTF_8));
    } else {
      StatusText.of(standing, clock.instant()).forEach(out::println);
    }
  }
}
