/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import dev.sagui.cli.bench.BenchCommand;
import dev.sagui.cli.demo.DemoCommand;
import dev.sagui.cli.fleet.FleetCommand;
import dev.sagui.cli.model.CompareCommand;
import dev.sagui.cli.model.CompressCommand;
import dev.sagui.cli.model.FitCommand;
import dev.sagui.cli.model.InspectCommand;
import dev.sagui.cli.model.ProfileCommand;
import dev.sagui.cli.train.DistillCommand;
import dev.sagui.cli.train.TrainCommand;
import dev.sagui.cli.train.TransferCommand;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code sagui} command. */
@Command(
    name = "sagui",
    version = "sagui 0.1.0",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description =
        "Compresses generative ONNX models to fit each device, delivers and watches them.",
    subcommands = {
      InspectCommand.class,
      CompressCommand.class,
      FitCommand.class,
      CompareCommand.class,
      TrainCommand.class,
      DistillCommand.class,
      TransferCommand.class,
      ProfileCommand.class,
      DemoCommand.class,
      BenchCommand.class,
      FleetCommand.class,
    },
    footer = {
      "",
      "The launcher adds: controller, agent, test.",
      "Exit codes: 0 done, 1 a bug, 2 bad usage or input, 3 a gate or budget was missed,",
      "130 interrupted.",
      "",
      "Example:",
      "  sagui inspect model.onnx"
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int code = run(writer(System.out), writer(System.err), args);
    System.exit(code);
  }

  /** Runs one command; its exit code. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine command = commandLine();
    command
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(Failures::onUsage)
        .setExecutionExceptionHandler(Failures::onFailure);
    int code = args.length == 0 ? usage(command) : command.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  private static int usage(CommandLine command) {
    command.usage(command.getErr());
    return Exit.BAD_INPUT;
  }

  private static PrintWriter writer(java.io.OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
