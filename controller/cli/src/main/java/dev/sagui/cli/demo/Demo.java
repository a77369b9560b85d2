/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The demo's story from a model file to two served devices, and what happens when it goes wrong.
 */
final class Demo {
  private static final String MODEL = "fashion-vae-decoder";
  private static final String SMALL = "raspberry-pi-zero-2-w";
  private static final String LARGE = "raspberry-pi-5";

  /** Speed as the devices measure it, within 20 s; the large one gives up less quality for it. */
  private static final Map<String, Object> WISHES =
      Map.of(
          "profiles",
          List.of(SMALL, LARGE),
          "prefer",
          "speed",
          "floor",
          "psnr=35," + LARGE + ":psnr=60",
          "minutes",
          20.0 / 60,
          "measure",
          true,
          "patience_seconds",
          20);

  /**
   * Makes a variant of which no device has any part: what has the weights of one that it serves in
   * other bytes comes as a difference, past what is damaged in the store.
   */
  private static final Map<String, Object> FOREIGN =
      Map.of("steps", List.of(Map.of("store", Map.of("weights", "int4"))));

  private static final Map<String, String> BENCHES =
      Map.of("sagui.bench.enabled", "true", "sagui.bench.idle", "PT1S");

  private static final String PACE = "200000";
  private static final int ROUNDS = 4;

  private final Path root;
  private final Path state;
  private final Story story;
  private final List<Delivered> rows = new ArrayList<>();
  private final Map<String, Object> result = new LinkedHashMap<>();

  Demo(Path root, Path state, Story story) {
    this.root = root;
    this.state = state;
    this.story = story;
  }

  /** Runs the story in {@code house}; what it found, for {@code --json}. */
  Map<String, Object> run(DemoHouse house)
      throws IOException, UnavailableException, InterruptedException {
    DemoFleet fleet = house.fleet();
    List<DemoDevice> devices = devices(house, fleet);
    Map<String, String> chosen = fit(fleet);
    Map<String, String> released = deliver(fleet, devices, chosen);
    serve(fleet, devices, released);
    DemoFaults faults = new DemoFaults(MODEL, fleet, story);
    result.put(
        "refusals", faults.corrupt(house, devices, fleet.compress(MODEL, "four-bits", FOREIGN)));
    devices.get(1).startAgain(Map.of("sagui.fetch.rate", PACE));
    String pulled = String.valueOf(chosen.get(SMALL));
    result.put("resumed_wire_bytes", faults.cutPower(devices.get(1), pulled));
    result.put("devices", rows.stream().map(Delivered::json).toList());
    result.put("seconds", story.seconds());
    return result;
  }

  private List<DemoDevice> devices(DemoHouse house, DemoFleet fleet)
      throws IOException, UnavailableException, InterruptedException {
    story.step("Start two agents, each a process of its own");
    List<DemoDevice> devices = new ArrayList<>();
    devices.add(house.device("zero", SMALL, BENCHES));
    devices.add(house.device("five", LARGE, BENCHES));
    for (DemoDevice device : devices) {
      fleet.awaitOnline(device.id());
      story.line(
          "'%s' carries profile %s, process %d", device.id(), device.profile(), device.pid());
    }
    story.line("both measure models for the controller while nobody asks them");
    story.line("budgets are the profiles'; CPU, clock and latency are this machine's");
    return devices;
  }

  private Map<String, String> fit(DemoFleet fleet)
      throws UnavailableException, InterruptedException {
    story.step("Import the model and fit it to each profile");
    Path onnx = root.resolve("deploy/demo/models/" + MODEL + ".onnx");
    Fields model = fleet.importModel(MODEL, onnx);
    story.line(
        "%s: %,d bytes, %,d parameters, opset %d",
        MODEL, model.integer("bytes"), model.integer("parameters"), model.integer("opset"));
    List<Fields> choices = fleet.fit(MODEL, WISHES);
    for (Fields variant : fleet.variants(MODEL)) {
      story.line(
          "variant %-18s %,9d bytes, p50 %.3f ms, PSNR %s",
          variant.string("name"),
          variant.integer("bytes"),
          variant.number("p50_ms"),
          variant.findNumber("psnr_db").isPresent()
              ? String.format(Locale.ROOT, "%.1f dB", variant.number("psnr_db"))
              : "identical");
    }
    choices.forEach(c -> story.line("%s: %s", c.string("profile"), c.string("reason")));
    return choices.stream()
        .collect(Collectors.toMap(c -> c.string("profile"), c -> c.string("variant")));
  }

  private Map<String, String> deliver(
      DemoFleet fleet, List<DemoDevice> devices, Map<String, String> chosen)
      throws UnavailableException, InterruptedException {
    story.step("Release, and let the devices pull, verify, try and serve");
    Map<String, String> released = new LinkedHashMap<>();
    for (DemoDevice device : devices) {
      String variant = String.valueOf(chosen.get(device.profile()));
      Fields release = fleet.release(MODEL, variant, List.of(device.profile()));
      String id = release.string("id");
      List<String> told = fleet.desireForProfile(id, device.profile());
      story.line(
          "release %d, %s, signed as %s, desired for %s",
          release.integer("sequence"), variant, id.substring(0, 12), told);
      released.put(device.id(), id);
    }
    for (DemoDevice device : devices) {
      Fields slot = fleet.awaitServing(device.id(), String.valueOf(released.get(device.id())));
      story.line(
          "'%s' serves %s after %d of %d chunks checked one by one",
          device.id(),
          slot.object("serving").string("variant"),
          slot.integer("chunks_have"),
          slot.integer("chunks_total"));
    }
    return released;
  }

  private void serve(DemoFleet fleet, List<DemoDevice> devices, Map<String, String> released)
      throws IOException, UnavailableException, InterruptedException {
    story.step("Send the same 64 latents to both devices and to the original");
    Gallery gallery = Gallery.of(root.resolve("deploy/demo/models/" + MODEL + ".onnx"));
    for (DemoDevice device : devices) {
      List<Tensor> images = gallery.ask(device.client(), MODEL, ROUNDS);
      Fields slot = fleet.awaitServing(device.id(), String.valueOf(released.get(device.id())));
      Fields latency = fleet.awaitLatency(device.id(), (long) ROUNDS * gallery.size());
      rows.add(row(device.id(), slot, latency, gallery.psnrDb(images)));
      gallery.add(device.id() + ", " + slot.object("serving").string("variant"), images);
    }
    story.block(Delivered.table(rows));
    story.line("latency as the controller has it from the agents' reports");
    Path picture = state.resolve("demo.png");
    gallery.write(picture);
    story.line("picture: %s", picture);
    result.put("picture", picture.toString());
  }

  private static Delivered row(String device, Fields slot, Fields latency, double psnrDb) {
    Fields serving = slot.object("serving");
    return new Delivered(
        device,
        serving.string("variant"),
        slot.integer("wire_bytes"),
        serving.integer("flash_bytes"),
        psnrDb,
        latency.integer("count"),
        latency.number("p50_ms"),
        latency.number("p95_ms"),
        latency.number("p99_ms"));
  }
}
