/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events as they happen, over REST. */
class EventStreamIT {
  @TempDir static Path home;

  private static PackagedController controller;

  @BeforeAll
  static void start() throws Exception {
    controller = PackagedController.start(home);
    controller.awaitReady();
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void readerThatComesAgainGetsWhatItMissedOnceAndInOrder() throws Exception {
    String last;
    try (Reader reader = new Reader("")) {
      importModel("first");
      assertEquals("first", reader.next().string("model"));
      last = reader.lastId();
    }
    importModel("second");
    importModel("third");
    try (Reader again = new Reader(last)) {
      assertEquals("second", again.next().string("model"));
      assertEquals("third", again.next().string("model"));
      importModel("fourth");
      assertEquals("fourth", again.next().string("model"));
    }
  }

  @Test
  void readerWithAnIdThatIsNoneGetsAProblem() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request("soon"), BodyHandlers.ofString());
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("Last-Event-ID"), answer.body());
  }

  private static HttpRequest request(String lastId) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(controller.url().resolve("/api/v1/events/stream"))
            .header("Accept", "text/event-stream");
    return (lastId.isEmpty() ? request : request.header("Last-Event-ID", lastId)).build();
  }

  private static void importModel(String name) throws Exception {
    HttpRequest.BodyPublisher body = BodyPublishers.ofFile(PackagedController.DECODER);
    assertEquals(201, controller.importModel(name, body).statusCode());
  }

  /** A stream that is read on a thread of its own. */
  private static final class Reader implements AutoCloseable {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Stream<String> body;
    private String lastId = "";

    Reader(String after) throws Exception {
      body = HttpClient.newHttpClient().send(request(after), BodyHandlers.ofLines()).body();
      Thread thread = new Thread(this::read, "reader");
      thread.setDaemon(true);
      thread.start();
    }

    private void read() {
      try {
        body.forEach(lines::add);
      } catch (UncheckedIOException e) {
        // closed by the test
      }
    }

    Fields next() throws InterruptedException {
      for (String line = line(); ; line = line()) {
        if (line.startsWith("id:")) {
          lastId = line.substring(3).strip();
        } else if (line.startsWith("data:")) {
          return Fields.parse(line.substring(5).strip().getBytes(StandardCharsets.UTF_8));
        }
      }
    }

    private String line() throws InterruptedException {
      String line = lines.poll(20, TimeUnit.SECONDS);
      assertNotNull(line, "no event within 20 s");
      return line;
    }

    String lastId() {
      assertTrue(!List.of("", "0").contains(lastId), lastId);
      return lastId;
    }

    @Override
    public void close() {
      body.close();
    }
  }
}
