/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Says in one sentence what went wrong, and ends with the right code. */
final class Failures {
  private Failures() {}

  static int onUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("sagui: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("sagui: see 'sagui%s --help'".formatted(verb(command)));
    }
    return Exit.BAD_INPUT;
  }

  private static String verb(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    return name.startsWith("sagui ") ? name.substring("sagui".length()) : "";
  }

  static int onFailure(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (e instanceof RejectedException rejected) {
      err.println("sagui: %s (%s)".formatted(oneLine(e), rejected.code()));
      return Exit.BAD_INPUT;
    }
    if (e instanceof UnavailableException) {
      err.println("sagui: " + oneLine(e));
      return Exit.BAD_INPUT;
    }
    if (e instanceof IOException io) {
      err.println("sagui: " + sentence(io));
      return Exit.BAD_INPUT;
    }
    if (e instanceof UncheckedIOException unchecked) {
      err.println("sagui: the disk or file gave an error: " + unchecked.getMessage());
      return Exit.BAD_INPUT;
    }
    err.println(
        "sagui: unexpected failure, a bug; please report it with the lines below in Sagui's issue tracker");
    e.printStackTrace(err);
    return Exit.BUG;
  }

  /** Names in a model and the runtime's reasons may hold line ends and control characters. */
  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
  }

  private static String sentence(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "expected a file or folder at %s, found nothing".formatted(e.getMessage());
    }
    if (e instanceof AccessDeniedException) {
      return "no permission for " + e.getMessage();
    }
    return "the disk or file gave an error: " + e.getMessage();
  }
}
