/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** One device of the demo: an agent process that can be killed and started again. */
final class DemoDevice implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  private final Path launcher;
  private final Path home;
  private final Map<String, String> config;
  private final String id;
  private final String profile;
  private Program program;
  private URI serveUrl;

  private DemoDevice(
      Path launcher, Path home, Map<String, String> config, Program program, URI serveUrl) {
    this.launcher = launcher;
    this.home = home;
    this.config = config;
    this.id = String.valueOf(config.get("sagui.device"));
    this.profile = String.valueOf(config.get("sagui.profile"));
    this.program = program;
    this.serveUrl = serveUrl;
  }

  static DemoDevice start(Path launcher, Path home, Map<String, String> config)
      throws IOException, UnavailableException, InterruptedException {
    Program program = Program.start(launcher, "agent", home, config);
    try {
      return new DemoDevice(launcher, home, config, program, serveUrl(program));
    } catch (IOException | UnavailableException | InterruptedException e) {
      program.close();
      throw e;
    }
  }

  String id() {
    return id;
  }

  String profile() {
    return profile;
  }

  InferenceClient client() {
    return new InferenceClient(serveUrl);
  }

  long pid() {
    return program.pid();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    program.kill();
  }

  /** Ends the agent and starts it anew, configured by {@code more} too. */
  void startAgain(Map<String, String> more)
      throws IOException, UnavailableException, InterruptedException {
    program.close();
    config.putAll(more);
    startAgain();
  }

  /** Starts the agent anew on what it left on disk; returns when its HTTP side answers. */
  void startAgain() throws IOException, UnavailableException, InterruptedException {
    program = Program.start(launcher, "agent", home, config);
    serveUrl = serveUrl(program);
  }

  private static URI serveUrl(Program program)
      throws IOException, UnavailableException, InterruptedException {
    Fields ready = program.awaitReady(START);
    return URI.create(ready.string("serve_url"));
  }

  @Override
  public void close() {
    program.close();
  }
}
