/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller as a process: what it refuses, and how it says so. */
class ControllerIT {
  private static final String TINY =
      """
      {"name":"tiny","board":"Tiny","architecture":"aarch64","isa_flags":[],"cores":1,
       "ram_bytes":1000000000,"threads":1,"budget":{"flash_bytes":1000,"ram_bytes":900000000}}
      """;

  @TempDir static Path folder;

  private static PackagedController controller;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path profiles = Files.createDirectories(folder.resolve("profiles"));
    Files.writeString(profiles.resolve("tiny.json"), TINY);
    controller = PackagedController.start(folder.resolve("home"), "sagui.profiles=" + profiles);
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
  void readsTheModelThatItImported() throws Exception {
    Fields model = controller.get("/api/v1/models/decoder");
    assertEquals(17, model.integer("opset"));
    assertEquals(208_293, model.integer("parameters"));
  }

  @Test
  void refusesANameThatIsTaken() throws Exception {
    HttpRequest.BodyPublisher model = BodyPublishers.ofFile(PackagedController.DECODER);
    assertProblem(409, "DUPLICATE_NAME", controller.importModel("decoder", model));
  }

  @Test
  void refusesWhatIsNoModelAndKeepsNothing() throws Exception {
    assertProblem(
        422, "NOT_ONNX", controller.importModel("text", BodyPublishers.ofString("no model")));
    assertProblem(422, "EMPTY_FILE", controller.importModel("empty", BodyPublishers.ofString("")));
    List<String> names =
        controller.get("/api/v1/models").objects("items", item -> item.string("name"));
    assertEquals(List.of("decoder"), names);
  }

  @Test
  void refusesAProfileThatItDoesNotKnow() throws Exception {
    assertProblem(
        404,
        "UNKNOWN_PROFILE",
        controller.postJson("/api/v1/models/decoder/fits", "{\"profiles\":[\"toaster\"]}"));
  }

  @Test
  void refusesAFitThatAsksForWhatThereIsNot() throws Exception {
    for (String wish : List.of("\"prefer\":\"beauty\"", "\"floor\":\"p95=3\"", "\"minutes\":0")) {
      assertProblem(
          400,
          "BAD_REQUEST",
          controller.postJson(
              "/api/v1/models/decoder/fits", "{\"profiles\":[\"tiny\"]," + wish + "}"));
    }
  }

  @Test
  void explainsThatNoVariantFits() throws Exception {
    HttpResponse<byte[]> accepted =
        controller.postJson(
            "/api/v1/models/decoder/fits", "{\"profiles\":[\"tiny\"],\"minutes\":0.001}");
    assertEquals(202, accepted.statusCode());
    String path = "/api/v1/fits/" + Fields.parse(accepted.body()).string("id");
    Fields fit = controller.get(path);
    for (int i = 0; i < 600 && fit.string("state").equals("running"); i++) {
      Thread.sleep(100);
      fit = controller.get(path);
    }
    Fields choice = fit.objects("choices", c -> c).get(0);
    assertTrue(!choice.has("variant"), choice.toString());
    assertTrue(choice.string("reason").contains("flash"), choice.toString());
  }

  @Test
  void refusesJsonThatIsBroken() throws Exception {
    assertProblem(400, "NOT_JSON", controller.postJson("/api/v1/releases", "{"));
  }

  @Test
  void servesArtifactsByTheirDigestInRanges() throws Exception {
    byte[] model = Files.readAllBytes(PackagedController.DECODER);
    String path = "/api/v1/blobs/" + Digest.of(model);
    String tag = "\"" + Digest.of(model) + "\"";
    HttpResponse<byte[]> whole = blob(path);
    assertEquals(200, whole.statusCode());
    assertArrayEquals(model, whole.body());
    assertEquals(tag, whole.headers().firstValue("ETag").orElse(""));
    assertEquals("bytes", whole.headers().firstValue("Accept-Ranges").orElse(""));
    HttpResponse<byte[]> part = blob(path, "Range", "bytes=100-299", "If-Range", tag);
    assertEquals(206, part.statusCode());
    assertEquals(
        "bytes 100-299/" + model.length, part.headers().firstValue("Content-Range").orElse(""));
    assertArrayEquals(Arrays.copyOfRange(model, 100, 300), part.body());
    assertEquals(200, blob(path, "Range", "bytes=1-2", "If-Range", "\"x\"").statusCode());
    HttpResponse<byte[]> behind = blob(path, "Range", "bytes=" + model.length + "-");
    assertEquals(416, behind.statusCode());
    assertEquals(
        "bytes */" + model.length, behind.headers().firstValue("Content-Range").orElse(""));
    assertEquals(304, blob(path, "If-None-Match", tag).statusCode());
    assertProblem(404, "NOT_FOUND", blob("/api/v1/blobs/" + "0".repeat(64)));
    assertEquals(404, blob("/api/v1/blobs/..%2f..%2fsagui.db").statusCode());
  }

  private static HttpResponse<byte[]> blob(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(controller.url().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
  }

  @Test
  void showsTheFleetsMetrics() throws Exception {
    String metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(controller.url().resolve("/q/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    assertTrue(metrics.contains("# TYPE sagui_inference_latency_seconds histogram"), metrics);
    assertTrue(metrics.contains("# TYPE sagui_resident_memory_bytes gauge"), metrics);
  }

  @Test
  void asksForTheTokenWhenOneIsSet() throws Exception {
    try (PackagedController guarded =
        PackagedController.start(folder.resolve("guarded"), "sagui.http.token=secret")) {
      URI devices = guarded.url().resolve("/api/v1/devices");
      HttpClient http = HttpClient.newHttpClient();
      HttpRequest without = HttpRequest.newBuilder(devices).build();
      HttpRequest with =
          HttpRequest.newBuilder(devices).header("Authorization", "Bearer secret").build();
      assertEquals(401, http.send(without, BodyHandlers.ofString()).statusCode());
      assertEquals(200, http.send(with, BodyHandlers.ofString()).statusCode());
      for (String path :
          List.of("/q/health/../../api/v1/devices", "/q/health/%2e%2e/../api/v1/devices")) {
        assertTrue(statusLine(guarded.url(), path).matches("HTTP/1.1 40[0-9].*"), path);
      }
    }
  }

  /** Of a path that a client library would tidy up before it sends it. */
  private static String statusLine(URI server, String path) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PackagedController second =
            PackagedController.start(
                folder.resolve("second"), "sagui.http.port=" + taken.getLocalPort())) {
      assertEquals(2, second.awaitExit());
      assertTrue(second.log().contains(Integer.toString(taken.getLocalPort())), second.log());
    }
  }

  @Test
  void reportsAllMistakesOfTheConfigurationAtOnce() throws Exception {
    try (PackagedController wrong =
        PackagedController.start(
            folder.resolve("wrong"),
            "sagui.http.port=99999",
            "sagui.topics.root=a/b",
            "sagui.http.host=0.0.0.0")) {
      assertEquals(2, wrong.awaitExit());
      String log = wrong.log();
      assertTrue(log.contains("99999"), log);
      assertTrue(log.contains("a/b"), log);
      assertTrue(log.contains("0.0.0.0"), log);
    }
  }

  private static void assertProblem(int status, String code, HttpResponse<byte[]> response) {
    Fields problem = Fields.parse(response.body());
    assertEquals(code, problem.string("code"), problem.toString());
    assertEquals(status, response.statusCode());
    assertEquals(
        "application/problem+json", response.headers().firstValue("Content-Type").orElse(""));
  }
}
