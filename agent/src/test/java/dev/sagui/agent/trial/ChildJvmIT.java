/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmIT {
  /** Field of a stat file, as proc(5) numbers them; the first after the name in brackets is 3. */
  private static final int POLICY = 41;

  private static final int STATE = 3;
  private static final int FIRST = 3;

  /** As sched(7) numbers them. */
  private static final String SCHED_OTHER = "0";

  private static final String SCHED_IDLE = "5";

  private static final String STOPPED = "T";

  private static final int SIGKILLED = 128 + 9;

  @TempDir Path folder;

  @Test
  void yieldsTheProcessorIfItIsToldToFromTheStart() throws Exception {
    assertEquals(SCHED_IDLE, policyOf(true));
    assertEquals(SCHED_OTHER, policyOf(false));
  }

  @Test
  void whatIsFrozenKeepsStillUntilItIsKilled() throws Exception {
    ChildJvm child = start(Endless.class, true);
    child.freeze();
    child.freeze(); // whoever sees a request may, twice
    await(() -> STOPPED.equals(stateOf(child.process())));
    assertTrue(child.end(false, "").isEmpty());
    child.kill();
    assertEquals(SIGKILLED, child.process().waitFor());
    assertTrue(child.freezer().orElseThrow().shell().waitFor() > 0);
  }

  @Test
  void whatCannotBeFrozenIsKilled() throws Exception {
    ChildJvm child = start(Endless.class, false);
    child.freeze();
    assertEquals(SIGKILLED, child.process().waitFor());
    ChildJvm other = start(Endless.class, true);
    other.freezer().orElseThrow().shell().destroyForcibly().waitFor();
    other.freeze();
    assertEquals(SIGKILLED, other.process().waitFor());
  }

  @Test
  void whatIsFrozenEndsWithWhoStartedIt() throws Exception {
    ChildJvm child = start(Endless.class, true);
    child.freeze();
    await(() -> STOPPED.equals(stateOf(child.process())));
    child.freezer().orElseThrow().shell().destroy(); // SIGTERM, and its input ends
    assertEquals(SIGKILLED, child.process().waitFor());
  }

  @Test
  void whatWasNotFrozenIsLeftToItselfByTheShell() throws Exception {
    ChildJvm child = start(Endless.class, true);
    Process shell = child.freezer().orElseThrow().shell();
    shell.getOutputStream().close();
    shell.waitFor();
    assertTrue(child.process().isAlive());
    child.kill();
    assertEquals(SIGKILLED, child.process().waitFor());
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 2_000 && !condition.call(); i++) {
      Thread.sleep(5);
    }
    assertTrue(condition.call());
  }

  private ChildJvm start(Class<?> main, boolean yields) throws Exception {
    return ChildJvm.start(
        new ChildJvm.Program("test", main, yields),
        new ChildJvm.Folders(folder.resolve("work"), folder),
        new byte[0],
        1 << 20);
  }

  private String policyOf(boolean yields) throws Exception {
    ChildJvm child = start(Child.class, yields);
    assertEquals(0, child.process().waitFor());
    byte[] said = child.end(false, "").orElseThrow().said().orElseThrow();
    return new String(said, StandardCharsets.US_ASCII);
  }

  /** As proc(5) calls it. */
  private static String stateOf(Process process) throws IOException {
    return stat(Long.toString(process.pid()))[STATE - FIRST];
  }

  private static String[] stat(String pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  /** Never ends. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] args) throws InterruptedException {
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  /** Says under which policy it was started. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      System.out.print(stat("self")[POLICY - FIRST]);
      System.out.flush();
    }
  }
}
