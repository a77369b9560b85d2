/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What goes wrong in the demo, and what the devices do then. */
final class DemoFaults {
  private final String model;
  private final DemoFleet fleet;
  private final Story story;

  DemoFaults(String model, DemoFleet fleet, Story story) {
    this.model = model;
    this.fleet = fleet;
    this.story = story;
  }

  /** Damages a release behind its signature; why each device refuses it. */
  List<String> corrupt(DemoHouse house, List<DemoDevice> devices, String variant)
      throws IOException, UnavailableException, InterruptedException {
    story.step("Release " + variant + ", and flip one byte of it after signing");
    Fields release =
        fleet.release(
            model, variant, devices.stream().map(DemoDevice::profile).distinct().toList());
    String id = release.string("id");
    Fields file = fleet.releaseDetails(id).objects("files", f -> f).get(0);
    flip(house.blob(file.string("digest")), file.integer("size") / 2);
    fleet.desireForLabel(id, "room=demo");
    List<String> refusals = new ArrayList<>();
    for (DemoDevice device : devices) {
      Fields slot = fleet.awaitRefused(device.id(), id);
      Fields failure = slot.object("failure");
      story.line("'%s' %s: %s", device.id(), failure.string("code"), failure.string("message"));
      story.line(
          "'%s' still serves %s: %s",
          device.id(),
          slot.object("serving").string("variant"),
          device.client().ready(model) ? "ready" : "NOT READY");
      refusals.add(failure.string("message"));
    }
    return refusals;
  }

  /** Kills a device while it pulls; bytes that it received after the cut. */
  long cutPower(DemoDevice device, String variant)
      throws IOException, UnavailableException, InterruptedException {
    story.step("Kill '" + device.id() + "' in the middle of a pull, and start it again");
    Fields release = fleet.release(model, variant, List.of(device.profile()));
    String id = release.string("id");
    fleet.desireForProfile(id, device.profile());
    Fields before = fleet.awaitPartlyFetched(device.id(), id);
    device.kill();
    story.line(
        "SIGKILL with %d of %d chunks of %s on disk",
        before.integer("chunks_have"), before.integer("chunks_total"), variant);
    device.startAgain();
    story.line(
        "started again: %s at once with %s",
        device.client().ready(model) ? "serves" : "DOES NOT SERVE",
        before.object("serving").string("variant"));
    Fields after = fleet.awaitServing(device.id(), id);
    story.line(
        "resumed and serves %s; received %,d bytes after the cut",
        after.object("serving").string("variant"), after.integer("wire_bytes"));
    return after.integer("wire_bytes");
  }

  private static void flip(Path blob, long position) throws IOException {
    try (FileChannel channel =
        FileChannel.open(blob, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.flip();
      one.put(0, (byte) (one.get(0) ^ 0x40));
      channel.write(one, position);
    }
  }
}
