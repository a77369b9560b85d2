/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The project's folder as a benchmark uses it: the two programs with the flags that they ship with,
 * and a folder for state that is thrown away.
 *
 * @param root the project's folder
 * @param scratch state of this run
 * @param cache kept between runs: the peer's Python environment, models from elsewhere
 */
record Workshop(Path root, Path scratch, Path cache) {
  /** What the launcher and the systemd unit set too. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of("MALLOC_ARENA_MAX", "1", "ORT_DISABLE_TELEMETRY", "1");

  private static final Duration COMPILATION = Duration.ofMinutes(1);

  static Workshop open(Path root) {
    try {
      Path cache = Files.createDirectories(root.resolve("target/bench"));
      return new Workshop(root, Files.createTempDirectory("sagui-bench-"), cache);
    } catch (IOException e) {
      throw new UncheckedIOException("making folders failed: " + e.getMessage(), e);
    }
  }

  Path profiles() {
    return root.resolve("deploy/bench/profiles");
  }

  Path agentJar() {
    return root.resolve("agent/target/sagui-agent.jar");
  }

  Program agent(String name, Map<String, String> config) {
    return java(name, agentJar(), agentFlags(), config);
  }

  /** Runs a program of {@code deploy/bench} on the agent's classes, as the agent is run. */
  List<String> withAgent(String program) {
    Path classes = scratch.resolve("classes");
    String source = root.resolve("deploy/bench/" + program + ".java").toString();
    String jar = agentJar().toString();
    String compiler = Path.of(System.getProperty("java.home"), "bin", "javac").toString();
    List<String> compile = List.of(compiler, "-d", classes.toString(), "-cp", jar, source);
    Program.run("javac", compile, COMPILATION, log("javac"));
    List<String> command = command(agentJar(), agentFlags());
    command.addAll(List.of("-cp", jar + ":" + classes, program));
    return command;
  }

  private List<String> agentFlags() {
    return flags(root.resolve("agent/src/main/dist/jvm.options"));
  }

  Program controller(String name, Map<String, String> config) {
    Path jar = root.resolve("controller/server/target/quarkus-app/quarkus-run.jar");
    Path options = root.resolve("controller/server/src/main/dist/jvm.options");
    return java(name, jar, flags(options), config);
  }

  private Program java(String name, Path jar, List<String> flags, Map<String, String> config) {
    List<String> command = command(jar, flags);
    config.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", jar.toString()));
    return Program.start(name, command, ENVIRONMENT, log(name));
  }

  private static List<String> command(Path jar, List<String> flags) {
    List<String> command = new ArrayList<>(List.of(javaCommand()));
    command.addAll(flags);
    Path archive = Path.of(jar.toString().replaceFirst("\\.jar$", ".jsa"));
    if (Files.exists(archive)) {
      command.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto"));
    }
    return command;
  }

  Path log(String name) {
    return scratch.resolve(name.replace(' ', '-') + ".log");
  }

  /** A new folder of this run, for one model. */
  Path folder(String name) {
    try {
      return Files.createTempDirectory(scratch, name.replace(' ', '-'));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for a model: " + e.getMessage(), e);
    }
  }

  static String javaCommand() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static List<String> flags(Path options) {
    try (Stream<String> lines = Files.exists(options) ? Files.lines(options) : Stream.empty()) {
      return lines.map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + options + " failed: " + e.getMessage(), e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port: " + e.getMessage(), e);
    }
  }

  /** Removes this run's state. */
  void tidy() {
    try {
      Folders.delete(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException("removing " + scratch + " failed: " + e.getMessage(), e);
    }
  }
}
