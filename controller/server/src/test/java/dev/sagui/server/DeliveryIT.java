/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Controller and agent, packaged, from a model to what serves it. */
class DeliveryIT {
  private static final String PROFILE = "raspberry-pi-5";
  private static final Map<String, String> DEVICE =
      Map.of("sagui.device", "kitchen", "sagui.profile", PROFILE, "sagui.update.soak", "PT0.1S");

  @TempDir Path folder;
  private PackagedController controller;

  @BeforeEach
  void start() throws IOException {
    controller = PackagedController.start(folder.resolve("controller"));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  /** A question that is asked until it has an answer. */
  private interface Question<T> {
    Optional<T> ask() throws IOException, InterruptedException;
  }

  @Test
  void aFineTuneTravelsAsADifferenceThatIsMadeBehindItsRelease() throws Exception {
    byte[] model = Files.readAllBytes(PackagedController.DECODER);
    Path device = folder.resolve("device");
    try (PackagedAgent agent = PackagedAgent.start(device, controller.awaitReady(), DEVICE)) {
      String first = release("decoder", model);
      desire(first, 2L * model.length);
      Fields whole = awaitServing(first);
      String second = release("decoder-tuned", tuned(model));
      restart();
      Fields differences = await("made differences", () -> made(second));
      assertEquals("made", differences.string("state"), differences.toString());
      assertEquals(1, differences.objects("found", each -> each).size(), differences.toString());
      desire(second, model.length / 2);
      Fields slot = awaitServing(second);
      long wire = slot.integer("wire_bytes");
      assertTrue(wire < 0.1 * whole.integer("wire_bytes"), slot.toString());
      assertTrue(
          slot.object("bytes_saved").integer("difference") > 0.8 * model.length, slot.toString());
      assertTrue(events().contains("devices that have an earlier one fetch"), agent.said());
    }
  }

  /** Kills the controller, and starts it where the agent finds it. */
  private void restart() throws IOException, InterruptedException {
    int port = URI.create(controller.awaitReady().string("mqtt_url")).getPort();
    controller.kill();
    controller = PackagedController.start(folder.resolve("controller"), "sagui.mqtt.port=" + port);
  }

  private String release(String name, byte[] model) throws IOException, InterruptedException {
    assertEquals(201, controller.importModel(name, BodyPublishers.ofByteArray(model)).statusCode());
    String wish = "{\"profiles\":[\"%s\"],\"minutes\":0.000001}".formatted(PROFILE);
    Fields fit = posted(202, "/api/v1/models/" + name + "/fits", wish);
    await("the fit", () -> fitted(fit.string("id")));
    String variant =
        controller.get("/api/v1/models/" + name).objects("variants", each -> each).stream()
            .filter(each -> each.flag("identical"))
            .findFirst()
            .orElseThrow()
            .string("name");
    String order =
        "{\"model\":\"%s\",\"variant\":\"%s\",\"profiles\":[\"%s\"]}"
            .formatted(name, variant, PROFILE);
    return posted(201, "/api/v1/releases", order).string("id");
  }

  private Optional<Fields> fitted(String id) throws IOException, InterruptedException {
    return Optional.of(controller.get("/api/v1/fits/" + id))
        .filter(fit -> fit.string("state").equals("done"));
  }

  private Optional<Fields> made(String release) throws IOException, InterruptedException {
    return Optional.of(controller.get("/api/v1/releases/" + release).object("differences"))
        .filter(set -> !set.string("state").equals("making"));
  }

  private void desire(String release, long maxBytes) throws IOException, InterruptedException {
    String order =
        "{\"release\":\"%s\",\"device\":\"kitchen\",\"max_bytes\":%d}".formatted(release, maxBytes);
    await("the device", () -> told(order));
  }

  private Optional<Fields> told(String order) throws IOException, InterruptedException {
    return Optional.of(posted(200, "/api/v1/desired-states", order))
        .filter(set -> !set.strings("devices").isEmpty());
  }

  private Fields awaitServing(String release) throws IOException, InterruptedException {
    return await("the device to serve " + release, () -> serving(release));
  }

  private Optional<Fields> serving(String release) throws IOException, InterruptedException {
    return controller.get("/api/v1/devices/kitchen").objects("models", each -> each).stream()
        .filter(slot -> slot.string("state").equals("IDLE") && slot.has("serving"))
        .filter(slot -> slot.object("serving").string("manifest").equals(release))
        .findFirst();
  }

  private String events() throws IOException, InterruptedException {
    return controller.get("/api/v1/events?limit=100").toString();
  }

  private Fields posted(int status, String path, String json)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = controller.postJson(path, json);
    Fields body = Fields.parse(answer.body());
    assertEquals(status, answer.statusCode(), body.toString());
    return body;
  }

  private static <T> T await(String what, Question<T> question)
      throws IOException, InterruptedException {
    for (int i = 0; i < 1_200; i++) {
      Optional<T> answer = question.ask();
      if (answer.isPresent()) {
        return answer.get();
      }
      Thread.sleep(100);
    }
    throw new AssertionError("waited in vain for " + what);
  }

  /** The lowest byte of every 50th weight is one more. */
  private static byte[] tuned(byte[] model) throws IOException {
    OnnxMl.ModelProto.Builder tuned = OnnxMl.ModelProto.parseFrom(model).toBuilder();
    for (OnnxMl.TensorProto.Builder weights : tuned.getGraphBuilder().getInitializerBuilderList()) {
      byte[] raw = weights.getRawData().toByteArray();
      for (int i = 0; i < raw.length; i += 200) {
        raw[i]++;
      }
      weights.setRawData(ByteString.copyFrom(raw));
    }
    return tuned.build().toByteArray();
  }
}
