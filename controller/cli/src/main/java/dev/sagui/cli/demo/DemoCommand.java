/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.cli.OutputOptions;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sagui demo}: the whole product on this machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "The whole product on this machine: a controller, two devices, a model fitted, delivered,",
      "served and watched; a corrupt release refused; a device killed in a pull and resumed."
    },
    footer = {"", "Example:", "  sagui demo --once"})
public final class DemoCommand implements Callable<Integer> {
  @Option(names = "--once", description = "End when everything was shown; else stay until Ctrl-C.")
  private boolean once;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws IOException, UnavailableException, InterruptedException {
    Path root = root();
    Path state = Files.createTempDirectory("sagui-demo-");
    Story story = new Story(output, System::nanoTime);
    story.step("Start the controller: registry, MQTT broker, REST API and web page");
    DemoHouse house = DemoHouse.open(root, state);
    Thread closing = new Thread(() -> close(house, state), "demo-close");
    Runtime.getRuntime().addShutdownHook(closing); // Ctrl-C leaves no process and no state
    story.line("%s, process %d, state in %s", house.url(), house.controllerPid(), state);
    Map<String, Object> result = new Demo(root, state, story).run(house);
    if (output.json()) {
      output.document(result);
    }
    story.step("Done");
    if (!once) {
      story.line("watch it at %s until Ctrl-C", house.url());
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private static Path root() {
    String root = System.getenv("SAGUI_ROOT");
    if (root == null) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG,
          "the demo needs the project's folder: start it as './sagui demo' there");
    }
    return Path.of(root);
  }

  private static void close(DemoHouse house, Path state) {
    house.close();
    try {
      DemoHouse.tidy(state);
    } catch (IOException e) {
      System.err.println("sagui: left " + state + " behind: " + e.getMessage());
    }
  }
}
