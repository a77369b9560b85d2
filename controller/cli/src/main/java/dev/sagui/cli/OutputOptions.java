/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import dev.sagui.json.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every verb can be told about its output. */
public final class OutputOptions {
  @Option(names = "--json", description = "One JSON document on stdout, all else on stderr.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress and no remarks.")
  private boolean quiet;

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  public boolean json() {
    return json;
  }

  /** Prints the document that {@code --json} asks for. */
  public void document(Object document) {
    command().getOut().print(new String(Json.pretty(document), StandardCharsets.UTF_8));
    command().getOut().flush();
  }

  /** A line for people: on stdout, or nowhere when that is for the document. */
  public void line(String format, Object... arguments) {
    if (!json) {
      command().getOut().println(String.format(java.util.Locale.ROOT, format, arguments));
    }
  }

  /** A remark, on stderr. */
  public void remark(String text) {
    if (!quiet) {
      command().getErr().println("sagui: " + text);
    }
  }

  /** Progress on stderr, unless {@code --quiet}; to be closed before other output. */
  public ProgressLine progress() {
    return quiet
        ? ProgressLine.silent()
        : new ProgressLine(command().getErr(), ProgressLine.isTerminal(), System::nanoTime);
  }

  private picocli.CommandLine command() {
    if (spec == null) {
      throw new IllegalStateException("picocli injects the spec; this is a bug");
    }
    return spec.commandLine();
  }
}
