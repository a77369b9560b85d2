/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.device.DeviceId;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An agent as a process with the launcher's flags. */
record AgentProcess(Process process, Path home, Path log) implements AutoCloseable {
  /** What an agent needs to know of its controller; it serves on any free port. */
  static Map<String, String> config(
      Path folder, DeviceId device, FakeController controller, TestBroker broker)
      throws IOException {
    Path trust = folder.resolve("trust.pub");
    Files.writeString(trust, controller.key().trusted().pem());
    return Map.of(
        "sagui.device", device.value(),
        "sagui.profile", "raspberry-pi-5",
        "sagui.trust", trust.toString(),
        "sagui.serve.port", "0",
        "sagui.mqtt.url", broker.url().toString());
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param folder of its files, made if need be; the state is in {@code home}
   * @param config properties but sagui.home
   */
  static AgentProcess start(Path folder, Map<String, String> config) throws Exception {
    return start(folder, config, List.of());
  }

  /**
   * @param flags of the JVM beside the launcher's
   */
  static AgentProcess start(Path folder, Map<String, String> config, List<String> flags)
      throws Exception {
    return start(folder, config, flags, Map.of());
  }

  /**
   * @param environment beside this process's
   */
  static AgentProcess start(
      Path folder, Map<String, String> config, List<String> flags, Map<String, String> environment)
      throws Exception {
    Path home = Files.createDirectories(folder).resolve("home");
    Path properties = folder.resolve("agent.properties");
    StringBuilder lines = new StringBuilder("sagui.home=" + home + "\n");
    config.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    Files.writeString(properties, lines);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    try (Stream<String> options = Files.lines(Path.of("src", "main", "dist", "jvm.options"))) {
      options.filter(line -> line.startsWith("-")).forEach(command::add);
    }
    command.addAll(flags);
    command.add("-Dsmallrye.config.locations=" + properties.toUri());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Path log = folder.resolve("agent.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    AgentProcess agent = new AgentProcess(process, home, log);
    agent.awaitReady();
    return agent;
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int i = 0; i < 3_000 && process.isAlive(); i++) {
      if (Files.exists(home.resolve("agent.json"))) {
        return;
      }
      Thread.sleep(20);
    }
    close();
    throw new AssertionError("the agent did not become ready: " + said());
  }

  URI server() throws IOException {
    return URI.create(
        Fields.parse(Files.readAllBytes(home.resolve("agent.json"))).string("serve_url"));
  }

  /** As {@link #server()}, of what it prints, for one that cannot write it down. */
  URI awaitSaidServer() throws IOException, InterruptedException {
    for (int i = 0; i < 1_000 && !said().contains("sagui agent ready"); i++) {
      Thread.sleep(20);
    }
    return URI.create(said().replaceAll("(?s).* http=(\\S+).*", "$1"));
  }

  /** Processes that it started and that run still. */
  long children() {
    return process.descendants().count();
  }

  String said() throws IOException {
    return Files.readString(log);
  }

  void kill() throws IOException {
    close();
    Files.deleteIfExists(home.resolve("agent.json"));
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
