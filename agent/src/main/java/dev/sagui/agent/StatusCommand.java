/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.ConfigFile;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.status.Status;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** What the agent's program does when it is given a verb. */
final class StatusCommand {
  private static final Set<String> FLAGS = Set.of("--json", "--quiet");
  private static final String USAGE =
      """
      Usage: sagui agent status [--config FILE] [--json] [--quiet]
      Says what the device serves, what each model waits for and since when, what its disk holds, and why.
      Reads the agent's folder and changes nothing; the agent may run or not.
        --config FILE  the agent's own configuration; the same by environment: SAGUI_HOME=/var/lib/sagui
        --json         one JSON document
        --quiet        only the exit code: 0, or 2 when the folder or configuration cannot be read
      Example: sagui agent status --config /etc/sagui/agent.properties
      """;

  private StatusCommand() {}

  /**
   * The exit code.
   *
   * @throws RejectedException in one sentence, when the arguments or the folder cannot be used
   */
  static int run(List<String> args) throws IOException {
    List<String> options = args.subList(1, args.size());
    if (!args.get(0).equals("status")) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "sagui agent takes nothing or 'status', found '%s'".formatted(args.get(0)));
    }
    if (options.contains("--help")) {
      System.out.print(USAGE);
      return 0;
    }
    for (String option : options) {
      if (!FLAGS.contains(option)) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "sagui agent status takes --config FILE, --json and --quiet, found '%s'"
                .formatted(option));
      }
    }
    Settings settings = ConfigFile.read();
    Status.print(settings, Clock.systemUTC(), options.contains("--json"), out(options));
    return 0;
  }

  private static PrintStream out(List<String> options) {
    return options.contains("--quiet")
        ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
        : System.out;
  }
}
