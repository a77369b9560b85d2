/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;

/**
 * Stops a process where it is, which takes no time: to end it gives back its pages one by one, on
 * processors and in locks that others want. A JVM can send no SIGSTOP, and a program that does is
 * not started in an instant: a shell that was started beforehand waits for the word.
 *
 * @param shell when its input ends, for the JVM has, it ends the process that it stopped
 */
record Freezer(Process shell) implements AutoCloseable {
  /** Signals that are for all processes of a unit or a terminal would end it too soon. */
  private static final String SCRIPT =
      "trap '' TERM INT HUP; read -r word || exit; kill -STOP \"$0\";"
          + " while read -r word; do :; done; kill -KILL \"$0\"";

  static Freezer of(Process process) throws IOException {
    return new Freezer(
        new ProcessBuilder("sh", "-c", SCRIPT, Long.toString(process.pid()))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start());
  }

  /** Gives the word; any thread may, and more than once. */
  void freeze() throws IOException {
    OutputStream words = shell.getOutputStream();
    words.write('\n');
    words.flush();
  }

  /** Forgets the process, which has ended or is about to. */
  @Override
  public void close() {
    shell.destroyForcibly();
  }
}
