/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.cli.fleet.ControllerClient;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A controller in a fresh folder, and what a user does with it by REST. */
final class BenchFleet implements AutoCloseable {
  static final String PROFILE = "raspberry-pi-5";

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Server server;
  private final Fields ready;
  private final Duration firstAnswer;
  private final ControllerClient client;

  private BenchFleet(Server server, Fields ready, Duration firstAnswer) {
    this.server = server;
    this.ready = ready;
    this.firstAnswer = firstAnswer;
    this.client = new ControllerClient(URI.create(ready.string("http_url")), Optional.empty());
  }

  /** Starts it and waits for its first answer and for its broker. */
  static BenchFleet start(Workshop workshop, String name) {
    Path home = workshop.scratch().resolve(name);
    int port = Workshop.freePort();
    Map<String, String> config =
        Map.of(
            "sagui.home", home.toString(),
            "sagui.http.port", Integer.toString(port),
            "sagui.mqtt.port", "0",
            "sagui.profiles", workshop.profiles().toString());
    long from = System.nanoTime();
    Server server = new Server(workshop.controller(name, config), port, from);
    try {
      Duration first = server.firstAnswer(HttpConnection.get("/api/v1/models"));
      return new BenchFleet(server, ready(server.program(), home), first);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static Fields ready(Program program, Path home) {
    Path file = home.resolve("controller.json");
    return Until.present("the controller's " + file, program, LIMIT, PAUSE, () -> read(file));
  }

  private static Optional<Fields> read(Path file) {
    try {
      return Files.exists(file)
          ? Optional.of(Fields.parse(Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new BenchException("reading " + file + " failed: " + e.getMessage(), e);
    }
  }

  Duration firstAnswer() {
    return firstAnswer;
  }

  Program program() {
    return server.program();
  }

  /** Address of its REST API, without a path. */
  String httpUrl() {
    return ready.string("http_url");
  }

  String mqttUrl() {
    return ready.string("mqtt_url");
  }

  String trust() {
    return ready.string("trust");
  }

  /** Imports, fits and releases the model as it is; the release with its files. */
  Fields release(String model, Path onnx) {
    client.upload("/api/v1/models?name=" + model, onnx, "application/octet-stream");
    Map<String, Object> wanted = Map.of("profiles", List.of(PROFILE), "minutes", 1e-6);
    String fit = client.post("/api/v1/models/" + model + "/fits", wanted).string("id");
    await("the fit of " + model, () -> fitted(fit));
    Map<String, Object> release =
        Map.of("model", model, "variant", asIs(model), "profiles", List.of(PROFILE));
    String id = client.post("/api/v1/releases", release).string("id");
    return client.get("/api/v1/releases/" + id);
  }

  /** Lets idle devices measure the model as it came; returns before they have. */
  void measure(String model) {
    Map<String, Object> wanted =
        Map.of("profiles", List.of(PROFILE), "minutes", 0.5, "measure", true);
    client.post("/api/v1/models/" + model + "/fits", wanted);
  }

  private Optional<Fields> fitted(String id) {
    Fields fit = client.get("/api/v1/fits/" + id);
    return switch (fit.string("state")) {
      case "done" -> Optional.of(fit);
      case "failed" -> throw new BenchException("the fit failed: " + fit.values());
      default -> Optional.empty();
    };
  }

  private String asIs(String model) {
    List<Fields> variants =
        client.get("/api/v1/models/" + model).objects("variants", variant -> variant);
    return variants.stream()
        .filter(variant -> variant.flag("identical"))
        .findFirst()
        .orElseThrow(() -> new BenchException(model + " has no variant that is as it was"))
        .string("name");
  }

  /** Waits until what the release differs by from earlier ones is made. */
  void awaitDifferences(String release) {
    await("the differences of " + release, () -> made(release));
  }

  private Optional<Fields> made(String release) {
    return Optional.of(client.get("/api/v1/releases/" + release).object("differences"))
        .filter(set -> set.string("state").equals("made"));
  }

  /** Waits for the device and gives it the release; does not wait until it serves it. */
  void desire(String device, String release) {
    awaitOnline(device);
    client.post("/api/v1/desired-states", Map.of("release", release, "device", device));
  }

  void awaitOnline(String device) {
    await(device + " to be online", () -> device(device).filter(d -> d.flag("online")));
  }

  void awaitServing(String device, String release) {
    await(device + " to serve its release", () -> serving(device, release));
  }

  /** Bytes of chunks that the device received for the release that it serves. */
  long wireBytes(String device, String release) {
    return serving(device, release)
        .map(slot -> slot.integer("wire_bytes"))
        .orElseThrow(() -> new BenchException(device + " does not serve " + release));
  }

  private Optional<Fields> serving(String device, String release) {
    List<Fields> slots =
        device(device).map(d -> d.objects("models", slot -> slot)).orElse(List.of());
    for (Fields slot : slots) {
      if (slot.has("failure")) {
        throw new BenchException(
            device + " refused its release: " + slot.object("failure").values());
      }
    }
    return slots.stream()
        .filter(s -> s.string("state").equals("IDLE") && s.has("serving"))
        .filter(s -> s.object("serving").string("manifest").equals(release))
        .findFirst();
  }

  private Optional<Fields> device(String id) {
    try {
      return Optional.of(client.get("/api/v1/devices/" + id));
    } catch (RejectedException notYet) {
      return Optional.empty();
    }
  }

  private void await(String what, Supplier<Optional<Fields>> question) {
    Until.present(what, program(), LIMIT, PAUSE, question);
  }

  @Override
  public void close() {
    server.close();
  }
}
