/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.cli.fleet.ControllerClient;
import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What the demo asks of the controller, each call ending when the fleet shows it. */
final class DemoFleet {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration FIT_LIMIT = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(50);

  private final ControllerClient controller;

  DemoFleet(ControllerClient controller) {
    this.controller = controller;
  }

  Fields importModel(String name, Path onnx) {
    String path = "/api/v1/models?name=" + ControllerClient.encoded(name);
    return controller.upload(path, onnx, "application/octet-stream");
  }

  /**
   * Fits the model to a profile; the choice: {@code profile, variant, reason}.
   *
   * @param wishes of the request, besides the profile
   */
  /** The choices, one for each profile. */
  List<Fields> fit(String model, Map<String, Object> wishes)
      throws UnavailableException, InterruptedException {
    Fields fit = controller.post("/api/v1/models/" + model + "/fits", wishes);
    return done("the fit", "/api/v1/fits/" + fit.string("id")).objects("choices", c -> c);
  }

  /** Makes a variant, and tells its name. */
  String compress(String model, String variant, Map<String, Object> recipe)
      throws UnavailableException, InterruptedException {
    Fields run =
        controller.post("/api/v1/models/" + model + "/compressions?variant=" + variant, recipe);
    return done("the compression", "/api/v1/compressions/" + run.string("id")).string("variant");
  }

  private Fields done(String what, String path) throws UnavailableException, InterruptedException {
    Fields done =
        await(what + " to end", FIT_LIMIT, path, f -> !f.string("state").equals("running"));
    if (done.string("state").equals("failed")) {
      throw new UnavailableException(what + " failed: " + done.object("problem").string("detail"));
    }
    return done;
  }

  List<Fields> variants(String model) {
    return controller.get("/api/v1/models/" + model).objects("variants", v -> v);
  }

  Fields release(String model, String variant, List<String> profiles) {
    return controller.post(
        "/api/v1/releases", Map.of("model", model, "variant", variant, "profiles", profiles));
  }

  Fields releaseDetails(String id) {
    return controller.get("/api/v1/releases/" + id);
  }

  List<String> desireForProfile(String release, String profile) {
    return controller
        .post("/api/v1/desired-states", Map.of("release", release, "profile", profile))
        .strings("devices");
  }

  List<String> desireForLabel(String release, String label) {
    return controller
        .post("/api/v1/desired-states", Map.of("release", release, "label", label))
        .strings("devices");
  }

  void awaitOnline(String device) throws UnavailableException, InterruptedException {
    await("'" + device + "' to be online", path(device), f -> f.has("online") && f.flag("online"));
  }

  /** The slot once the device serves {@code manifest}. */
  Fields awaitServing(String device, String manifest)
      throws UnavailableException, InterruptedException {
    return awaitSlot(
        device,
        "to serve release " + manifest.substring(0, 12),
        slot ->
            slot.string("state").equals("IDLE") // no longer on probation
                && slot.has("serving")
                && slot.object("serving").string("manifest").equals(manifest));
  }

  /** The slot once the device has refused {@code manifest}. */
  Fields awaitRefused(String device, String manifest)
      throws UnavailableException, InterruptedException {
    return awaitSlot(
        device,
        "to refuse release " + manifest.substring(0, 12),
        slot -> slot.has("failure") && slot.findString("target").equals(Optional.of(manifest)));
  }

  /** The slot once the device has some chunks of {@code manifest} but not all. */
  Fields awaitPartlyFetched(String device, String manifest)
      throws UnavailableException, InterruptedException {
    return awaitSlot(
        device,
        "to have a part of release " + manifest.substring(0, 12),
        slot ->
            slot.findString("target").equals(Optional.of(manifest))
                && slot.integer("chunks_have") > 0
                && slot.integer("chunks_have") < slot.integer("chunks_total"));
  }

  /** Latency as the controller has it from the device's reports, once it counts that many. */
  Fields awaitLatency(String device, long count) throws UnavailableException, InterruptedException {
    String path = "/api/v1/latency?by=device&device=" + ControllerClient.encoded(device);
    Fields page =
        await(
            "latency reports of '" + device + "'",
            path,
            f ->
                f.objects("items", i -> i).stream().mapToLong(i -> i.integer("count")).sum()
                    >= count);
    return page.objects("items", i -> i).get(0);
  }

  private Fields awaitSlot(String device, String what, Predicate<Fields> wanted)
      throws UnavailableException, InterruptedException {
    Fields found =
        await(
            "'" + device + "' " + what,
            path(device),
            f -> f.objects("models", slot -> slot).stream().anyMatch(wanted));
    return found.objects("models", slot -> slot).stream().filter(wanted).findFirst().orElseThrow();
  }

  private static String path(String device) {
    return "/api/v1/devices/" + ControllerClient.encoded(device);
  }

  private Fields await(String what, String path, Predicate<Fields> wanted)
      throws UnavailableException, InterruptedException {
    return await(what, LIMIT, path, wanted);
  }

  private Fields await(String what, Duration limit, String path, Predicate<Fields> wanted)
      throws UnavailableException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<String> last = Optional.empty();
    while (System.nanoTime() < deadline) {
      try {
        Fields found = controller.get(path);
        if (wanted.test(found)) {
          return found;
        }
        last = Optional.of(found.toString());
      } catch (dev.sagui.failure.RejectedException e) {
        last = Optional.of(String.valueOf(e.getMessage())); // not there yet
      }
      Thread.sleep(POLL.toMillis());
    }
    throw new UnavailableException(
        "waited %d s for %s; last seen: %s"
            .formatted(limit.toSeconds(), what, last.orElse("nothing")));
  }
}
