/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fits, compressions and trainings of processes that are killed. */
class JobsIT {
  private static final String HEARTBEAT = "sagui.worker.heartbeat=PT0.5S";
  private static final String SHORT =
      "{\"data\":\"latent:normal:3:32\",\"steps\":[{\"finetune\":{\"steps\":3,\"batch\":8}},{\"store\":{\"weights\":\"int8\"}}]}";
  private static final String LONG = SHORT.replace("\"steps\":3", "\"steps\":100000");

  @TempDir Path home;

  @Test
  void whatAKilledControllerDidIsDoneAfterItsNextStart() throws Exception {
    try (PackagedController first = PackagedController.start(home, HEARTBEAT)) {
      imported(first);
      String fit = "{\"profiles\":[\"raspberry-pi-5\"],\"minutes\":0.05}";
      HttpResponse<byte[]> answer = first.postJson("/api/v1/models/decoder/fits", fit);
      String path = "/api/v1/fits/" + Fields.parse(answer.body()).string("id");
      Fields running = await(first, path, f -> f.number("progress") > 0);
      assertEquals("running", running.string("state"), running.toString());
      Path folder = home.resolve("work").resolve(running.string("id"));
      assertTrue(Files.isDirectory(folder), folder.toString());
      first.kill();
      try (PackagedController next = PackagedController.start(home, HEARTBEAT)) {
        Fields end = awaitEnd(next, path);
        assertEquals("done", end.string("state"), end.toString());
        assertNothingAtWork();
      }
    }
  }

  @Test
  void whatAKilledWorkerDidIsTakenByTheNextAndACancelLeavesNothing() throws Exception {
    try (PackagedController controller =
        PackagedController.start(home, HEARTBEAT, "sagui.worker.jobs=0")) {
      imported(controller);
      String path;
      try (PackagedController worker = PackagedController.startWorker(home, HEARTBEAT)) {
        Fields small = awaitEnd(controller, compression(controller, "small", SHORT));
        assertEquals("done", small.string("state"), small + workerLog());
        path = compression(controller, "long", LONG);
        await(controller, path, f -> f.string("doing").contains("loss"));
        worker.kill();
      }
      String last = controller.get(path).string("doing");
      PackagedController next = PackagedController.startWorker(home, HEARTBEAT);
      try {
        Fields taken = await(controller, path, f -> !f.string("doing").equals(last));
        assertEquals("running", taken.string("state"), taken + workerLog());
        assertEquals(204, controller.delete(path));
        assertEquals("NOT_FOUND", controller.get(path).string("code"));
        assertNothingAtWork();
      } finally {
        next.close();
      }
    }
  }

  @Test
  void aTrainingGoesOnFromItsCheckpointAfterTheNextStart() throws Exception {
    String recipe =
        "{\"net\":{\"char-lstm\":{\"length\":16,\"embedding\":8,\"units\":16}},\"data\":\"text:notes\",\"steps\":1200,\"batch\":8,\"checkpoint-minutes\":0.005}";
    try (PackagedController first = PackagedController.start(home, HEARTBEAT)) {
      BodyPublisher notes = BodyPublishers.ofFile(Path.of("../../LICENSE"));
      String type = "application/octet-stream";
      assertEquals(201, first.put("/api/v1/data/notes", type, notes).statusCode());
      String path = new Training(first).started("train", "notes-model", recipe);
      await(first, path, f -> step(f.string("doing")) > 600);
      first.kill();
      try (PackagedController next = PackagedController.start(home, HEARTBEAT);
          Stream<String> events = new Training(next).events()) {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Training.read(events, told);
        Fields end = awaitEnd(next, path);
        assertEquals("done", end.string("state"), end.toString());
        assertEquals(1200, end.object("report").integer("steps"));
        int least = told.stream().mapToInt(JobsIT::step).filter(n -> n > 0).min().orElse(0);
        assertTrue(least > 400, told.toString());
        assertNothingAtWork();
      }
    }
  }

  /** 0 where none is told. */
  private static int step(String doing) {
    Matcher found = Pattern.compile("step (\\d+) of").matcher(doing);
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  private void assertNothingAtWork() throws Exception {
    String[] left = left();
    for (int i = 0; i < 600 && left.length > 0; i++) {
      Thread.sleep(50);
      left = left();
    }
    assertEquals(List.of(), List.of(left));
  }

  private String[] left() {
    return Objects.requireNonNull(home.resolve("work").toFile().list());
  }

  private String workerLog() throws Exception {
    return Files.readString(home.resolve("worker.log"));
  }

  private static void imported(PackagedController controller) throws Exception {
    assertEquals(
        201,
        controller
            .importModel("decoder", BodyPublishers.ofFile(PackagedController.DECODER))
            .statusCode());
  }

  private static String compression(PackagedController controller, String variant, String recipe)
      throws Exception {
    HttpResponse<byte[]> answer =
        controller.postJson("/api/v1/models/decoder/compressions?variant=" + variant, recipe);
    assertEquals(202, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return "/api/v1/compressions/" + Fields.parse(answer.body()).string("id");
  }

  private static Fields awaitEnd(PackagedController controller, String path) throws Exception {
    return await(controller, path, f -> !f.string("state").equals("running"));
  }

  private static Fields await(PackagedController controller, String path, Predicate<Fields> until)
      throws Exception {
    Fields run = controller.get(path);
    for (int i = 0; i < 1200 && !until.test(run); i++) {
      Thread.sleep(50);
      run = controller.get(path);
    }
    return run;
  }
}
