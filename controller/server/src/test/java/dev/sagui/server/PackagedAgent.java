/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The packaged agent as a process of its own. */
public final class PackagedAgent implements AutoCloseable {
  private static final Path JAR = Path.of("../../agent/target/sagui-agent.jar").toAbsolutePath();

  private final Process process;
  private final Path log;

  private PackagedAgent(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts one that knows the controller.
   *
   * @param options more of its configuration
   */
  public static PackagedAgent start(Path folder, Fields controller, Map<String, String> options)
      throws IOException {
    Files.createDirectories(folder);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.add("-Dsagui.home=" + folder.resolve("home"));
    command.add("-Dsagui.trust=" + controller.string("trust"));
    command.add("-Dsagui.mqtt.url=" + controller.string("mqtt_url"));
    command.add("-Dsagui.serve.port=0");
    options.forEach((key, value) -> command.add("-D%s=%s".formatted(key, value)));
    command.addAll(List.of("-jar", JAR.toString()));
    Path log = folder.resolve("agent.log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return new PackagedAgent(builder.redirectOutput(log.toFile()).start(), log);
  }

  public String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
