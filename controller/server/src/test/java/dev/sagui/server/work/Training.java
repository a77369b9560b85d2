/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;

/** Asks a controller for trainings. */
record Training(PackagedController controller) {
  HttpResponse<byte[]> start(String verb, String name, String recipe) throws Exception {
    return controller.postJson("/api/v1/trainings?verb=%s&name=%s".formatted(verb, name), recipe);
  }

  /** Where it can be looked at. */
  String started(String verb, String name, String recipe) throws Exception {
    HttpResponse<byte[]> answer = start(verb, name, recipe);
    assertEquals(202, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    return "/api/v1/trainings/" + Fields.parse(answer.body()).string("id");
  }

  /** One from its start to its end. */
  Fields done(String verb, String name, String recipe) throws Exception {
    Fields run = awaitEnd(started(verb, name, recipe));
    assertEquals("done", run.string("state"), run.toString());
    return run;
  }

  Fields awaitEnd(String path) throws Exception {
    return await(path, "that is never said");
  }

  /** As it is when it ended, or does what is said. */
  Fields await(String path, String doing) throws Exception {
    Fields run = controller.get(path);
    for (int i = 0; i < 4800 && run.string("state").equals("running"); i++) {
      if (run.string("doing").contains(doing)) {
        break;
      }
      Thread.sleep(25);
      run = controller.get(path);
    }
    return run;
  }

  void assertRefused(int status, String verb, String name, String recipe, String says)
      throws Exception {
    HttpResponse<byte[]> answer = start(verb, name, recipe);
    Fields problem = Fields.parse(answer.body());
    assertEquals(status, answer.statusCode(), problem.toString());
    assertTrue(problem.string("detail").contains(says), problem.string("detail"));
  }

  /** One of the files of a training that is done. */
  byte[] file(Fields run, String name) throws Exception {
    Fields file =
        run.objects("files", each -> each).stream()
            .filter(each -> each.string("name").equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError(name + " is not in " + run));
    byte[] bytes = controller.send("GET", "/api/v1/blobs/" + file.string("digest")).body();
    assertEquals(file.integer("size"), bytes.length);
    return bytes;
  }

  Stream<String> events() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(controller.url().resolve("/api/v1/events/stream"))
            .header("Accept", "text/event-stream")
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofLines()).body();
  }

  static void read(Stream<String> lines, Queue<String> into) {
    Thread thread =
        new Thread(
            () -> {
              try {
                lines.forEach(into::add);
              } catch (UncheckedIOException e) {
                // closed by the test
              }
            },
            "reader");
    thread.setDaemon(true);
    thread.start();
  }

  void assertNothingAtWork(Path home) throws Exception {
    List<Path> left = atWork(home);
    for (int i = 0; i < 600 && !left.isEmpty(); i++) {
      Thread.sleep(50);
      left = atWork(home);
    }
    assertEquals(List.of(), left);
  }

  private static List<Path> atWork(Path home) throws Exception {
    try (Stream<Path> files = Files.list(home.resolve("work"))) {
      return files.toList();
    }
  }
}
