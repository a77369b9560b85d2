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
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that a controller does for requests. */
class TrainingsIT {
  private static final Path MODELS = PackagedController.DECODER.resolveSibling("");
  private static final String DISTILL =
      "{\"teacher\":\"decoder\",\"student\":{\"width\":0.5},\"data\":\"latent:normal:3:64\",\"steps\":%d,\"batch\":8}";

  @TempDir static Path home;

  private static PackagedController controller;
  private static Training training;

  @BeforeAll
  static void start() throws Exception {
    controller = PackagedController.start(home);
    training = new Training(controller);
    imported("decoder", PackagedController.DECODER);
    imported("encoder", MODELS.resolve("fashion-vae-encoder.onnx"));
    imported("larger", MODELS.resolve("esrgan-slim-x2.onnx"));
    Bundle pages = new Bundle();
    for (int i = 0; i < 8; i++) {
      pages.file("half/%d.png".formatted(i), picture(i, 16));
      pages.file("whole/%d.png".formatted(i), picture(i, 32));
    }
    put("pages", "application/x-tar", pages);
    Bundle shirts = new Bundle();
    for (int i = 0; i < 24; i++) {
      shirts.file("%02d.png".formatted(i), shirt(i));
    }
    put("shirts", "application/x-tar", shirts);
  }

  private static void imported(String name, Path file) throws Exception {
    assertEquals(201, controller.importModel(name, BodyPublishers.ofFile(file)).statusCode());
  }

  private static void put(String name, String type, Bundle files) throws Exception {
    HttpResponse<byte[]> put = controller.put("/api/v1/data/" + name, type, files.send());
    assertEquals(201, put.statusCode(), new String(put.body(), StandardCharsets.UTF_8));
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void adaptsANetToPicturesOfADataSet() throws Exception {
    String recipe =
        "{\"base\":\"larger\",\"data\":\"images:pages/half\",\"targets\":\"images:pages/whole\",\"method\":\"lora\",\"rank\":2,\"batch\":4,\"steps\":40}";
    ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    try (Stream<String> events = training.events()) {
      Training.read(events, told);
      Fields done = training.done("transfer", "larger-pages", recipe);
      assertEquals(List.of("larger-pages"), done.strings("models"));
      assertEquals(40, done.object("report").integer("steps"), done.toString());
      assertFalse(done.toString().contains(home.toString()), done.toString());
      String sent = new String(training.file(done, "recipe.yaml"), StandardCharsets.UTF_8);
      assertTrue(sent.contains("base: larger\n"), sent);
      assertTrue(sent.contains("data: images:pages/half\n"), sent);
      String curves = new String(training.file(done, "curves.csv"), StandardCharsets.UTF_8);
      assertTrue(curves.lines().count() > 40, curves);
      assertEquals('P', training.file(done, "curves.png")[1]);
      assertTrue(training.file(done, "adapter.safetensors").length > 0);
    }
    assertTrue(told.stream().anyMatch(line -> line.contains("transfer: step")), told.toString());
    assertTrue(told.stream().anyMatch(line -> line.contains(" s left")), told.toString());
    assertTrue(told.stream().anyMatch(line -> line.contains("rate")), told.toString());
    training.assertNothingAtWork(home);
    assertEquals(1, controller.get("/api/v1/models/larger-pages").objects("inputs", i -> i).size());
  }

  @Test
  void theCommandsOfTheGuideTrainAndAdaptALanguageModel(@TempDir Path folder) throws Exception {
    Path guide = Path.of("../../deploy/docs/training.md");
    Files.copy(Path.of("../../LICENSE"), folder.resolve("notes.txt"));
    Files.copy(guide, folder.resolve("letters.txt"));
    List<String> commands =
        Pattern.compile("```sh\n(put.*?|curl -fsS.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(guide))
            .results()
            .map(found -> found.group(1).replaceAll("\"steps\": \\d+", "\"steps\": 8"))
            .toList();
    assertEquals(2, commands.size());
    for (String each : commands) {
      ProcessBuilder shell = new ProcessBuilder("sh", "-ec", each).directory(folder.toFile());
      shell.environment().put("CONTROLLER", controller.url().toString().replaceAll("/$", ""));
      Process ran = shell.redirectErrorStream(true).start();
      String said = new String(ran.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, ran.waitFor(), said);
      Fields last = controller.get("/api/v1/trainings").objects("items", run -> run).get(0);
      Fields end = training.awaitEnd("/api/v1/trainings/" + last.string("id"));
      assertEquals("done", end.string("state"), end.toString());
    }
    assertEquals("letters", controller.get("/api/v1/models/letters").string("name"));
  }

  @Test
  void trainsAnAutoencoderFromScratchAndAdaptsBothOfItsHalves() throws Exception {
    String scratch =
        "{\"net\":{\"vae\":{\"latent\":4,\"encoder\":[8,8],\"decoder\":[8,8,8]}},\"data\":\"images:shirts\",\"steps\":4,\"batch\":4}";
    Fields vae = training.done("train", "shirts", scratch);
    assertEquals(List.of("shirts", "shirts-encoder"), vae.strings("models"));
    String adapt =
        "{\"base\":\"shirts\",\"encoder\":\"shirts-encoder\",\"data\":\"images:shirts:16\",\"steps\":3,\"batch\":4}";
    Fields adapted = training.done("transfer", "again", adapt);
    assertEquals(List.of("again", "again-encoder"), adapted.strings("models"));
    training.assertRefused(409, "train", "shirts", scratch, "named 'shirts' already");
    imported("free-encoder", PackagedController.DECODER);
    training.assertRefused(409, "train", "free", scratch, "named 'free-encoder' already");
  }

  @Test
  void aStudentIsAModelThatCanBeCompressedAndReleased() throws Exception {
    Fields done = training.done("distill", "student", DISTILL.formatted(4));
    double share = done.object("report").object("against_teacher").number("bytes_ratio");
    assertTrue(share < 0.9, done.toString());
    HttpResponse<byte[]> fold =
        controller.postJson(
            "/api/v1/models/student/compressions?variant=folded", "{\"steps\":[\"fold\"]}");
    assertEquals(202, fold.statusCode());
    String path = "/api/v1/compressions/" + Fields.parse(fold.body()).string("id");
    assertEquals("done", training.awaitEnd(path).string("state"));
    String release =
        "{\"model\":\"student\",\"variant\":\"folded\",\"profiles\":[\"raspberry-pi-5\"]}";
    assertEquals(201, controller.postJson("/api/v1/releases", release).statusCode());
  }

  @Test
  void leavesNothingOfWhatWasCancelled() throws Exception {
    String path = training.started("distill", "cancelled", DISTILL.formatted(100_000));
    training.await(path, "step");
    training.assertRefused(
        409, "distill", "cancelled", DISTILL.formatted(3), "will be by a training");
    assertEquals(204, controller.delete(path));
    assertEquals(404, controller.delete(path));
    training.assertNothingAtWork(home);
    assertEquals("NOT_FOUND", controller.get("/api/v1/models/cancelled").string("code"));
  }

  @Test
  void readsNoFilesOfTheController() throws Exception {
    String adapt = "{\"base\":\"%s\",\"encoder\":\"encoder\",\"data\":\"%s\",\"steps\":3}";
    training.assertRefused(
        404, "transfer", "x", adapt.formatted("/etc/hosts", "images:pages"), "'/etc/hosts'");
    training.assertRefused(
        404, "transfer", "x", adapt.formatted("../blobs", "images:pages"), "'../blobs'");
    training.assertRefused(
        400, "transfer", "x", adapt.formatted("decoder", "images:/etc"), "no other files");
    training.assertRefused(
        400, "transfer", "x", adapt.formatted("decoder", "images:pages/../.."), "no other files");
    training.assertRefused(
        404, "transfer", "x", adapt.formatted("decoder", "images:none"), "no data is named 'none'");
    training.assertRefused(
        404, "transfer", "x", adapt.formatted("decoder", "images:pages/no"), "images:pages/no");
    String file = DISTILL.replace("\"width\":0.5", "\"file\":\"/etc/hosts\"").formatted(3);
    training.assertRefused(404, "distill", "x", file, "'/etc/hosts'");
    String out = DISTILL.formatted(3).replace("\"steps\"", "\"out\":\"/tmp/x\",\"steps\"");
    training.assertRefused(400, "distill", "x", out, "leave 'out' out");
  }

  @Test
  void namesTheNearestKeyAndWhatIsMissing() throws Exception {
    training.assertRefused(400, "distil", "x", DISTILL.formatted(3), "nearest is 'distill'");
    training.assertRefused(
        400, "distill", "x", "{\"teecher\":\"decoder\"}", "nearest is 'teacher'");
    training.assertRefused(400, "train", "x", "{\"net\":\"vae\"}", "data: idx:FILE");
    training.assertRefused(400, "distill", "", DISTILL.formatted(3), "name must be");
    training.assertRefused(400, "train", "x", "[]", "");
  }

  private static byte[] picture(int seed, int side) throws IOException {
    BufferedImage page = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D ink = page.createGraphics();
    ink.setColor(new Color(200, 190, 40 + 20 * seed));
    ink.fillRect(0, 0, side, side);
    ink.setColor(new Color(20, 20, 30));
    ink.fillRect(side * seed / 16, side / 4, side / 4, side / 2);
    ink.dispose();
    return png(page);
  }

  private static byte[] shirt(int seed) throws IOException {
    BufferedImage shirt = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D ink = shirt.createGraphics();
    ink.setColor(Color.WHITE);
    ink.fillRect(4 + seed % 5, 3 + seed % 7, 12, 16);
    ink.dispose();
    return png(shirt);
  }

  private static byte[] png(BufferedImage picture) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", out);
    return out.toByteArray();
  }
}
