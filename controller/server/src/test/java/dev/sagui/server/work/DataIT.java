/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that a controller keeps for recipes. */
class DataIT {
  private static final String TAR = "application/x-tar";
  private static final String FILE = "application/octet-stream";
  private static final String RECIPE =
      "{\"data\":\"npy:%s\",\"steps\":[{\"finetune\":{\"steps\":%d,\"batch\":8}}]}";

  @TempDir static Path home;

  private static PackagedController controller;

  @BeforeAll
  static void start() throws Exception {
    controller = PackagedController.start(home, "sagui.store.quota=" + (8 << 20));
    BodyPublisher model = BodyPublishers.ofFile(PackagedController.DECODER);
    assertEquals(201, controller.importModel("decoder", model).statusCode());
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void aRecipeLearnsOnDataAndNoneIsDeletedThatAJobReads() throws Exception {
    HttpResponse<byte[]> put = put("latents", TAR, latents("held/z.npy").send());
    assertEquals(201, put.statusCode(), text(put));
    Fields stored = controller.get("/api/v1/data/latents");
    assertEquals(1, stored.integer("files"), stored.toString());
    Fields done = await(started("short", RECIPE.formatted("latents/held", 2)), "finetune: never");
    assertEquals("done", done.string("state"), done.toString());
    String path = started("long", RECIPE.formatted("latents/held", 100_000));
    await(path, "loss");
    assertRefused(409, "IN_USE", path.replaceAll(".*/", ""), delete("latents"));
    assertEquals(204, controller.delete(path));
    assertEquals(204, controller.delete("/api/v1/data/latents"));
    assertEquals(404, controller.delete("/api/v1/data/latents"));
    assertFalse(Files.exists(home.resolve("data/latents")));
    assertRefused(
        404, "NOT_FOUND", "no data is named 'latents'", start("x", RECIPE.formatted("latents", 2)));
  }

  @Test
  void aFailedRunSaysWhyWithoutThePlaceOfTheControllersFiles() throws Exception {
    assertEquals(201, put("noise", FILE, BodyPublishers.ofString("noise")).statusCode());
    String recipe = "{\"data\":\"npz:noise\",\"steps\":[{\"finetune\":{\"steps\":2}}]}";
    Fields failed = await(started("noisy", recipe), "never");
    String why = failed.object("problem").string("detail");
    assertTrue(why.contains("data/noise") && !why.contains(home.toString()), why);
  }

  @Test
  void refusesWhatLeavesTheFolderIsTakenOrHasNoRoom() throws Exception {
    assertRefused(
        400,
        "BAD_REQUEST",
        "'../evil.bin'",
        put("evil", TAR, new Bundle().zeros("../evil.bin", 8).send()));
    assertRefused(
        400,
        "BAD_REQUEST",
        "found 'a' again",
        put("twice", TAR, new Bundle().zeros("a", 8).zeros("a", 8).send()));
    assertRefused(400, "BAD_REQUEST", "ustar", put("text", TAR, BodyPublishers.ofString("text")));
    assertRefused(400, "BAD_REQUEST", "no byte", put("none", FILE, BodyPublishers.noBody()));
    assertRefused(400, "BAD_REQUEST", "name must be", put("No", FILE, BodyPublishers.noBody()));
    assertRefused(
        507, "DISK_FULL", "no room", put("large", TAR, new Bundle().zeros("a", 9 << 20).send()));
    assertEquals(201, put("same", FILE, BodyPublishers.ofString("1")).statusCode());
    assertRefused(409, "DUPLICATE_NAME", "same", put("same", FILE, BodyPublishers.ofString("2")));
    List<String> names = controller.get("/api/v1/data").objects("items", set -> set.string("name"));
    assertTrue(names.contains("same") && !names.contains("evil"), names.toString());
    try (var left = Files.list(home.resolve("data/.incoming"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** 32 samples for the decoder. */
  private static Bundle latents(String name) {
    ByteBuffer bytes = ByteBuffer.allocate(128 + 4 * 32 * 32).order(ByteOrder.LITTLE_ENDIAN);
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (32, 32), }";
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    bytes.put((header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.UTF_8));
    new Random(7).doubles(32 * 32).forEach(value -> bytes.putFloat((float) (2 * value - 1)));
    return new Bundle().file(name, bytes.array());
  }

  private static HttpResponse<byte[]> put(String name, String type, BodyPublisher body)
      throws IOException, InterruptedException {
    return controller.put("/api/v1/data/" + name, type, body);
  }

  private static HttpResponse<byte[]> delete(String name) throws Exception {
    return controller.send("DELETE", "/api/v1/data/" + name);
  }

  private static HttpResponse<byte[]> start(String variant, String recipe) throws Exception {
    return controller.postJson("/api/v1/models/decoder/compressions?variant=" + variant, recipe);
  }

  private static String started(String variant, String recipe) throws Exception {
    HttpResponse<byte[]> answer = start(variant, recipe);
    assertEquals(202, answer.statusCode(), text(answer));
    return "/api/v1/compressions/" + Fields.parse(answer.body()).string("id");
  }

  /** As it is when it ended, or does what is said. */
  private static Fields await(String path, String doing) throws Exception {
    Fields run = controller.get(path);
    for (int i = 0; i < 1200 && run.string("state").equals("running"); i++) {
      if (run.string("doing").contains(doing)) {
        break;
      }
      Thread.sleep(50);
      run = controller.get(path);
    }
    return run;
  }

  private static void assertRefused(
      int status, String code, String says, HttpResponse<byte[]> answer) {
    Fields problem = Fields.parse(answer.body());
    assertEquals(code, problem.string("code"), problem.toString());
    assertEquals(status, answer.statusCode());
    assertTrue(problem.string("detail").contains(says), problem.string("detail"));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
