/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OrphanIT {
  @Test
  void aChildThatNeverEndsIsGoneSoonAfterItsParentWasKilled() throws Exception {
    Process parent = java(Parent.class).start();
    try (BufferedReader said = parent.inputReader()) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
      assertTrue(child.isAlive());
      parent.destroyForcibly();
      child.onExit().get(20, TimeUnit.SECONDS);
    } finally {
      parent.destroyForcibly();
    }
  }

  private static ProcessBuilder java(Class<?> main) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java, "-Xmx32m", "-cp", System.getProperty("java.class.path"), main.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** Starts a child, says its process id once that watches, and waits. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      Process child = java(Child.class).start();
      child.getInputStream().read();
      System.out.println(child.pid());
      child.waitFor();
    }
  }

  /** Never ends by itself. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      Orphan.endsWithItsParent();
      System.out.println("watching");
      Thread.sleep(600_000);
    }
  }
}
