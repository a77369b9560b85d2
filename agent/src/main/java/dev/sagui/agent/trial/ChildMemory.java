/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The memory of a process that a model may take down: how much it has, and what it says of it. */
public final class ChildMemory {
  private ChildMemory() {}

  /** What the runtime says when an allocation fails is no flaw of the model's form. */
  public static Reported.Failure failure(RejectedException e) {
    String message = String.valueOf(e.getMessage());
    boolean memory = message.contains("bad_alloc") || message.contains("Failed to allocate memory");
    return new Reported.Failure(memory ? FailureCode.OVER_RAM_BUDGET : e.code(), message);
  }

  /** Of all processes, this one is to die first. */
  public static void offerToTheOomKiller() {
    try {
      Files.writeString(Path.of("/proc/self/oom_score_adj"), "1000");
    } catch (IOException e) {
      // no such file on this system
    }
  }

  /** Most resident bytes so far; 0 where the kernel does not tell. */
  public static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    Optional<String> line =
        Files.readAllLines(status).stream().filter(l -> l.startsWith("VmHWM:")).findFirst();
    return line.map(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024).orElse(0L);
  }
}
