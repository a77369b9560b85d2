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
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes that a controller takes a model through, training among their steps. */
class CompressionsIT {
  private static final String RECIPE =
      """
      {"data": "latent:normal:3:32", "steps": [
        {"prune": {"structured": 0.3}},
        {"finetune": {"steps": %d, "batch": 8}},
        {"store": {"weights": "int8"}}]}
      """;

  @TempDir static Path home;

  private static PackagedController controller;

  @BeforeAll
  static void start() throws Exception {
    controller = PackagedController.start(home);
    HttpRequest.BodyPublisher model = BodyPublishers.ofFile(PackagedController.DECODER);
    assertEquals(201, controller.importModel("decoder", model).statusCode());
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void prunesTrainsAndStoresAVariantThatCanBeReleased() throws Exception {
    ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    try (Stream<String> events = new Training(controller).events()) {
      Training.read(events, told);
      Fields run = awaitEnd(started("small", RECIPE.formatted(3)));
      assertEquals("done", run.string("state"), run.toString());
      assertEquals(
          List.of("prune", "finetune", "store"), run.objects("steps", step -> step.string("name")));
      assertEquals(409, start("small", RECIPE.formatted(3)).statusCode());
    }
    assertTrue(told.stream().anyMatch(line -> line.contains("small: finetune: loss")), told + "");
    assertTrue(variants().contains("small"), variants().toString());
    String release =
        "{\"model\":\"decoder\",\"variant\":\"small\",\"profiles\":[\"raspberry-pi-5\"]}";
    HttpResponse<byte[]> released = controller.postJson("/api/v1/releases", release);
    assertEquals(201, released.statusCode(), new String(released.body(), StandardCharsets.UTF_8));
    new Training(controller).assertNothingAtWork(home);
  }

  @Test
  void leavesNothingOfWhatWasCancelled() throws Exception {
    String path = started("cancelled", RECIPE.formatted(100_000));
    for (int i = 0; i < 600 && !controller.get(path).string("doing").contains("loss"); i++) {
      Thread.sleep(50);
    }
    assertEquals(204, controller.delete(path));
    assertEquals(404, controller.delete(path));
    assertEquals("NOT_FOUND", controller.get(path).string("code"));
    new Training(controller).assertNothingAtWork(home);
    assertFalse(variants().contains("cancelled"));
  }

  @Test
  void keepsNothingWhenAGateIsMissed() throws Exception {
    String recipe = "{\"steps\":[\"fold\"],\"gates\":{\"flash\":\"1kB\"}}";
    Fields run = awaitEnd(started("gated", recipe));
    assertEquals("BUDGET_NOT_MET", run.object("problem").string("code"), run.toString());
    assertFalse(variants().contains("gated"));
  }

  @Test
  void namesTheNearestKey() throws Exception {
    assertRefused("{\"steps\":[{\"finetun\":{\"steps\":3}}]}", "nearest is 'finetune'");
    assertRefused("{\"stops\":[\"fold\"]}", "nearest is 'steps'");
    assertRefused("{\"steps\":[{\"finetune\":{\"setps\":3}}]}", "nearest is 'steps'");
  }

  @Test
  void readsNoFilesOfTheController() throws Exception {
    assertRefused("{\"data\":\"text:/etc/passwd\",\"steps\":[\"fold\"]}", "no other files");
    assertRefused("{\"data\":\"text:../sagui.db\",\"steps\":[\"fold\"]}", "no other files");
    assertRefused("{\"data\":\"images:/\",\"steps\":[\"fold\"]}", "no other files");
    assertRefused("{\"data\":\"images:.\",\"steps\":[\"fold\"]}", "no other files");
    assertRefused("{\"data\":{\"x\":\"npz:/tmp/x.npz\"},\"steps\":[\"fold\"]}", "/tmp/x.npz");
    assertRefused("{\"steps\":[{\"finetune\":{\"teacher\":\"/etc/hosts\"}}]}", "/etc/hosts");
    assertRefused(
        "{\"steps\":[{\"distill\":{\"student\":{\"file\":\"/etc/hosts\"}}}]}", "/etc/hosts");
  }

  private static void assertRefused(String recipe, String says) throws Exception {
    HttpResponse<byte[]> answer = start("refused", recipe);
    Fields problem = Fields.parse(answer.body());
    assertEquals(400, answer.statusCode(), problem.toString());
    assertTrue(problem.string("detail").contains(says), problem.string("detail"));
  }

  private static HttpResponse<byte[]> start(String variant, String recipe) throws Exception {
    return controller.postJson("/api/v1/models/decoder/compressions?variant=" + variant, recipe);
  }

  private static String started(String variant, String recipe) throws Exception {
    HttpResponse<byte[]> answer = start(variant, recipe);
    assertEquals(202, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return "/api/v1/compressions/" + Fields.parse(answer.body()).string("id");
  }

  private static Fields awaitEnd(String path) throws Exception {
    Fields run = controller.get(path);
    for (int i = 0; i < 1200 && run.string("state").equals("running"); i++) {
      Thread.sleep(50);
      run = controller.get(path);
    }
    return run;
  }

  private static List<String> variants() throws Exception {
    return controller
        .get("/api/v1/models/decoder")
        .objects("variants", variant -> variant.string("name"));
  }
}
