/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.cli.fleet.ControllerClient;
import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The demo's processes and folders: one controller, its devices, all state under one folder. */
final class DemoHouse implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path root;
  private final Path state;
  private final Path launcher;
  private final Program controller;
  private final Fields ready;
  private final List<DemoDevice> devices = new ArrayList<>();

  private DemoHouse(Path root, Path state, Program controller, Fields ready) {
    this.root = root;
    this.state = state;
    this.launcher = root.resolve("sagui");
    this.controller = controller;
    this.ready = ready;
  }

  /**
   * Starts the controller on free loopback ports.
   *
   * @param root the project's folder, where the launcher and the demo's assets lie
   * @param state an empty folder
   */
  static DemoHouse open(Path root, Path state)
      throws IOException, UnavailableException, InterruptedException {
    Map<String, String> config =
        Map.of(
            "sagui.http.port", "0",
            "sagui.mqtt.port", "0",
            "sagui.profiles", root.resolve("deploy/demo/profiles").toString());
    Path home = state.resolve("controller");
    Program controller = Program.start(root.resolve("sagui"), "controller", home, config);
    try {
      return new DemoHouse(root, state, controller, controller.awaitReady(START));
    } catch (IOException | UnavailableException | InterruptedException e) {
      controller.close();
      throw e;
    }
  }

  /** Starts an agent that carries {@code profile}, configured by {@code more} too. */
  DemoDevice device(String id, String profile, Map<String, String> more)
      throws IOException, UnavailableException, InterruptedException {
    Map<String, String> config = new TreeMap<>(more);
    config.put("sagui.device", id);
    config.put("sagui.profile", profile);
    config.put("sagui.profiles", root.resolve("deploy/demo/profiles").toString());
    config.put("sagui.mqtt.url", ready.string("mqtt_url"));
    config.put("sagui.trust", ready.string("trust"));
    config.put("sagui.serve.port", "0");
    config.put("sagui.labels", "room=demo");
    config.put("sagui.report.interval", "PT1S");
    config.put("sagui.update.soak", "PT1S");
    DemoDevice device = DemoDevice.start(launcher, state.resolve(id), config);
    devices.add(device);
    return device;
  }

  String url() {
    return ready.string("http_url");
  }

  long controllerPid() {
    return controller.pid();
  }

  DemoFleet fleet() {
    return new DemoFleet(new ControllerClient(URI.create(url()), Optional.empty()));
  }

  /** The controller's own copy of an artifact. */
  Path blob(String digest) {
    return state.resolve("controller/blobs").resolve(digest.substring(0, 2)).resolve(digest);
  }

  @Override
  public void close() {
    devices.forEach(DemoDevice::close);
    controller.close();
  }

  /** Removes what the programs left; the picture stays. */
  static void tidy(Path state) throws IOException {
    try (Stream<Path> all = Files.walk(state)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(state) && !path.toString().endsWith(".png")) {
          Files.delete(path);
        }
      }
    }
  }
}
