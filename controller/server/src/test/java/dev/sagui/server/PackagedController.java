/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The controller as it ships, as a process of its own. */
public final class PackagedController implements AutoCloseable {
  public static final Path DECODER = Path.of("../../deploy/demo/models/fashion-vae-decoder.onnx");

  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();

  private final Process process;
  private final Path home;
  private final boolean isWorker;
  private final HttpClient http = HttpClient.newHttpClient();

  private PackagedController(Process process, Path home, boolean isWorker) {
    this.process = process;
    this.isWorker = isWorker;
    this.home = home;
  }

  /**
   * Starts it on free ports unless {@code options} say otherwise: {@code key=value} of the
   * configuration, or flags of the JVM, which start with a dash.
   */
  public static PackagedController start(Path home, String... options) throws IOException {
    return start(home, List.of(), options);
  }

  /** The same where no file can grow beyond {@code megabytes}: what a full disk looks like. */
  public static PackagedController startOnASmallDisk(Path home, int megabytes, String... options)
      throws IOException {
    String limit = "ulimit -f %d; exec \"$@\"".formatted(megabytes * 2048);
    return start(home, List.of("/bin/sh", "-c", limit, "sh"), options);
  }

  /** A process that works for the controller of that home. */
  public static PackagedController startWorker(Path home, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("sagui.worker.only=true");
    return start(home, List.of(), "worker.log", all.toArray(String[]::new));
  }

  private static PackagedController start(Path home, List<String> shell, String... options)
      throws IOException {
    return start(home, shell, "controller.log", options);
  }

  private static PackagedController start(
      Path home, List<String> shell, String log, String... options) throws IOException {
    Files.createDirectories(home);
    List<String> command = new ArrayList<>(shell);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-Dsagui.home=" + home);
    command.add("-Dsagui.http.port=0");
    command.add("-Dsagui.mqtt.port=0");
    for (String option : options) {
      command.add(option.startsWith("-") ? option : "-D" + option); // a later one wins
    }
    command.add("-jar");
    command.add(JAR.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve(log).toFile()))
            .start();
    return new PackagedController(process, home, log.equals("worker.log"));
  }

  /** What it wrote of itself when it was ready. */
  public Fields awaitReady() throws IOException, InterruptedException {
    Path ready = home.resolve("controller.json");
    for (int i = 0; i < 1200 && process.isAlive() && !Files.exists(ready); i++) {
      Thread.sleep(50);
    }
    return Fields.parse(Files.readAllBytes(ready));
  }

  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it still runs");
    }
    return process.exitValue();
  }

  public String log() throws IOException {
    return Files.readString(home.resolve("controller.log"));
  }

  public URI url() throws IOException, InterruptedException {
    return URI.create(awaitReady().string("http_url"));
  }

  public HttpResponse<byte[]> post(String path, String type, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url().resolve(path)).header("Content-Type", type).POST(body).build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  public HttpResponse<byte[]> put(String path, String type, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url().resolve(path)).header("Content-Type", type).PUT(body).build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  public HttpResponse<byte[]> postJson(String path, String json)
      throws IOException, InterruptedException {
    return post(path, "application/json", BodyPublishers.ofString(json));
  }

  public HttpResponse<byte[]> importModel(String name, BodyPublisher body)
      throws IOException, InterruptedException {
    return post("/api/v1/models?name=" + name, "application/octet-stream", body);
  }

  public Fields get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url().resolve(path)).build();
    return Fields.parse(http.send(request, BodyHandlers.ofByteArray()).body());
  }

  /** The answer's status. */
  public int delete(String path) throws IOException, InterruptedException {
    return send("DELETE", path).statusCode();
  }

  /** A request without a body. */
  public HttpResponse<byte[]> send(String method, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url().resolve(path)).method(method, BodyPublishers.noBody()).build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  /** As the kernel ends what takes too much memory. */
  public void kill() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    if (!isWorker) {
      Files.deleteIfExists(home.resolve("controller.json"));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
