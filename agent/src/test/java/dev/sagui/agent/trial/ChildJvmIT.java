/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmIT {
  /** Field of a stat file, as proc(5) numbers them; the first after the name in brackets is 3. */
  private static final int POLICY = 41;

  private static final int FIRST = 3;

  /** As sched(7) numbers them. */
  private static final String SCHED_OTHER = "0";

  private static final String SCHED_IDLE = "5";

  @TempDir Path folder;

  @Test
  void yieldsTheProcessorIfItIsToldToFromTheStart() throws Exception {
    assertEquals(SCHED_IDLE, policyOf(true));
    assertEquals(SCHED_OTHER, policyOf(false));
  }

  private String policyOf(boolean yields) throws Exception {
    ChildJvm child =
        ChildJvm.start(
            new ChildJvm.Program("test", Child.class, yields),
            new ChildJvm.Folders(folder.resolve("work"), folder),
            new byte[0],
            1 << 20);
    assertEquals(0, child.process().waitFor());
    byte[] said = child.end(false, "").orElseThrow().said().orElseThrow();
    return new String(said, StandardCharsets.US_ASCII);
  }

  /** Says under which policy it was started. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      System.out.print(fields[POLICY - FIRST]);
      System.out.flush();
    }
  }
}
