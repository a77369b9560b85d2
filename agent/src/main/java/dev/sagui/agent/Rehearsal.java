/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.MappingClasses;
import dev.sagui.agent.link.RehearsalBroker;
import dev.sagui.json.Fields;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A start of the agent on a tiny model in a temporary folder, from the journal to an answer, and an
 * update of that model, for the JVM to record which classes they need: with {@code
 * -XX:ArchiveClassesAtExit} it makes the archive that later starts map instead of loading.
 */
final class Rehearsal {
  private static final int WAIT_STEPS = 1_500;

  private Rehearsal() {}

  /**
   * With the path of the agent's jar: puts into it what each start would make, so that a rehearsal
   * after that finds it there.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0) {
      MappingClasses.addTo(Path.of(args[0]));
      return;
    }
    Path home = Files.createTempDirectory("sagui-rehearsal-");
    Topics topics = new Topics("rehearsal", "default");
    try (RehearsalBroker broker =
        new RehearsalBroker(topics, RehearsalPlay.DEVICE, new RehearsalPlay(home))) {
      System.setProperty("sagui.home", home.toString());
      System.setProperty("sagui.device", RehearsalPlay.DEVICE.value());
      System.setProperty("sagui.profile", RehearsalPlay.PROFILE.value());
      System.setProperty("sagui.serve.port", "0");
      System.setProperty("sagui.topics.root", topics.root());
      System.setProperty("sagui.mqtt.url", broker.url().toString());
      System.setProperty("sagui.update.soak", "PT0S");
      System.setProperty("sagui.report.interval", "PT1S");
      Thread agent = new Thread(() -> Main.main(args), "agent");
      agent.setDaemon(true);
      agent.start();
      ask(home.resolve("agent.json"));
    } finally {
      delete(home);
    }
    System.exit(0);
  }

  private static void delete(Path home) throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Asks for answers until the second release gives them. */
  private static void ask(Path ready) throws IOException, InterruptedException {
    for (int i = 0; i < WAIT_STEPS && !Files.exists(ready); i++) {
      Thread.sleep(20);
    }
    URI server = URI.create(Fields.parse(Files.readAllBytes(ready)).string("serve_url"));
    String request =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";
    String path = "/v2/models/" + RehearsalPlay.MODEL + "/infer";
    String ask =
        "POST %s HTTP/1.1\r\nHost: rehearsal\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, request.length(), request);
    String wanted = "\"model_version\":\"%s\"".formatted(RehearsalPlay.SECOND);
    String answer = "";
    for (int i = 0; i < WAIT_STEPS && !answer.contains(wanted); i++) {
      Thread.sleep(20);
      answer = answer(server, ask);
    }
    if (!answer.contains(wanted)) {
      throw new IOException("the rehearsed update did not come to its end: " + answer);
    }
    answer(server, "GET /metrics HTTP/1.1\r\nHost: rehearsal\r\nConnection: close\r\n\r\n");
  }

  /** By hand, so that no client's classes stand in the archive. */
  private static String answer(URI server, String request) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
