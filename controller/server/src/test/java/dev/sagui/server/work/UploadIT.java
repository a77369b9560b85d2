/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads to a controller with little memory and a quota. */
class UploadIT {
  private static final long WEIGHTS = 75 << 20;
  private static final long QUOTA = 400 << 20;

  @TempDir static Path home;

  private static PackagedController controller;

  @BeforeAll
  static void start() throws Exception {
    controller = PackagedController.start(home, "-Xmx96m", "sagui.store.quota=" + QUOTA);
    controller.awaitReady();
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void takes300MegabytesInWith96OfHeap() throws Exception {
    Bundle bundle =
        new Bundle()
            .file("model.onnx", Bundle.model(WEIGHTS, "weights.bin"))
            .zeros("weights.bin", 4 * WEIGHTS);
    HttpResponse<byte[]> imported = send("big", bundle.send());
    assertEquals(201, imported.statusCode(), new String(imported.body(), "UTF-8"));
    Fields model = controller.get("/api/v1/models/big");
    assertEquals(WEIGHTS, model.integer("parameters"));
    assertEquals(17, model.integer("opset"));
    assertNothingIncoming();
    refusesWhatIsOverTheQuota();
  }

  /** Part of the test above, which fills the disk. */
  private static void refusesWhatIsOverTheQuota() throws Exception {
    Bundle bundle =
        new Bundle()
            .file("model.onnx", Bundle.model(WEIGHTS, "weights.bin"))
            .zeros("weights.bin", 4 * WEIGHTS);
    assertRefused(507, "DISK_FULL", "second", bundle.send());
  }

  @Test
  void refusesALargeBodyWithoutKeepingIt() throws Exception {
    Bundle taken = new Bundle().file("model.onnx", Bundle.model(8, "w.bin")).zeros("w.bin", 32);
    assertEquals(201, send("taken", taken.send()).statusCode());
    Bundle large = new Bundle().zeros("zeros.bin", 4 * WEIGHTS);
    assertEquals(409, send("taken", large.send()).statusCode());
    HttpResponse<byte[]> json =
        controller.post(
            "/api/v1/releases", "application/json", new Bundle().zeros("z", 4 * WEIGHTS).send());
    assertEquals(413, json.statusCode());
    assertNothingIncoming();
  }

  @Test
  void takesABundleWithExternalDataIn() throws Exception {
    Bundle bundle = new Bundle().file("model.onnx", Bundle.model(8, "w.bin")).zeros("./w.bin", 32);
    assertEquals(201, send("bundle", bundle.send()).statusCode());
    assertEquals(8, controller.get("/api/v1/models/bundle").integer("parameters"));
    assertNothingIncoming();
  }

  @Test
  void refusesAFileThatLeavesTheFolder() throws Exception {
    Path outside = home.resolve("blobs/evil.bin");
    Bundle bundle =
        new Bundle().file("model.onnx", Bundle.model(8, "w.bin")).zeros("../../evil.bin", 32);
    assertRefused(422, "UNSUPPORTED_MODEL", "leaving", bundle.send());
    assertEquals(false, Files.exists(outside));
  }

  @Test
  void refusesExternalDataThatLeavesTheFolder() throws Exception {
    Bundle bundle =
        new Bundle().file("model.onnx", Bundle.model(8, "../../sagui.db")).zeros("w.bin", 32);
    assertRefused(422, "EXTERNAL_DATA_ESCAPES", "reaching", bundle.send());
  }

  @Test
  void refusesABundleThatEndsEarlyAndOneWithoutItsData() throws Exception {
    assertRefused(400, "BAD_REQUEST", "half", new Bundle().half("model.onnx", 4_000).send());
    Bundle without = new Bundle().file("model.onnx", Bundle.model(8, "w.bin")).zeros("x.bin", 32);
    assertRefused(422, "MISSING_EXTERNAL_DATA", "without", without.send());
  }

  private static void assertRefused(int status, String code, String name, BodyPublisher body)
      throws Exception {
    HttpResponse<byte[]> answer = send(name, body);
    Fields problem = Fields.parse(answer.body());
    assertEquals(code, problem.string("code"), problem.toString());
    assertEquals(status, answer.statusCode());
    List<String> names =
        controller.get("/api/v1/models").objects("items", model -> model.string("name"));
    assertEquals(false, names.contains(name));
    assertNothingIncoming();
  }

  private static HttpResponse<byte[]> send(String name, BodyPublisher body)
      throws IOException, InterruptedException {
    return controller.post("/api/v1/models?name=" + name, "application/x-tar", body);
  }

  private static void assertNothingIncoming() throws IOException {
    try (var left = Files.list(home.resolve("blobs/incoming"))) {
      assertEquals(List.of(), left.toList());
    }
  }
}
