/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.sagui.artifact.Digest;
import dev.sagui.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerFitTest {
  private static final byte[] VARIANT = {7, 7, 7};

  @TempDir Path folder;

  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final StringWriter out = new StringWriter();
  private HttpServer server;
  private Path model;

  @BeforeEach
  void start() throws IOException {
    model = Files.write(folder.resolve("VAE decoder.onnx"), new byte[] {1, 2});
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void importsFitsWithDevicesAndFetchesWhatWasChosen() throws IOException {
    answer("/api/v1/models", "{\"items\":[]}");
    fits(Digest.of(VARIANT).hex());
    assertEquals(0, run("--profile", "raspberry-pi-5", "--budget", "p95=20ms"), out::toString);
    assertTrue(seen.contains("POST /api/v1/models?name=vae-decoder"), seen.toString());
    String asked = seen.stream().filter(s -> s.contains("profiles")).findFirst().orElseThrow();
    assertTrue(asked.contains("\"measure\":true"), asked);
    assertTrue(asked.contains("\"budget\":\"p95=20ms\""), asked);
    Path fitted = folder.resolve("fitted");
    assertEquals(3, Files.size(fitted.resolve("int8/model.onnx")));
    assertFalse(Files.exists(fitted.resolve("fp32")));
    assertTrue(Files.readString(fitted.resolve("fit.html")).contains("<style>"));
    assertTrue(Files.readString(fitted.resolve("fit.json")).contains("kitchen"));
    assertTrue(out.toString().contains("0.5 x the time"), out.toString());
  }

  @Test
  void plansForAllDevicesThatTheControllerKnows() {
    answer("/api/v1/models", "{\"items\":[]}");
    answer(
        "/api/v1/devices",
        "{\"items\":[{\"profile\":\"raspberry-pi-5\"},{\"profile\":\"raspberry-pi-5\"}]}");
    fits(Digest.of(VARIANT).hex());
    assertEquals(0, run("--all-devices"), out::toString);
    assertTrue(
        seen.stream().anyMatch(s -> s.contains("\"profiles\":[\"raspberry-pi-5\"]")),
        seen.toString());
    assertTrue(
        out.toString().contains("all of them: 2 devices get a variant, 6 B to send at most"),
        out.toString());
    assertEquals(2, run("--all-devices", "--profile", "raspberry-pi-5"));
  }

  @Test
  void whatIsNotTheNamedFileIsRefusedAndLeavesNothing() {
    answer("/api/v1/models", "{\"items\":[]}");
    fits(Digest.of(new byte[] {1}).hex());
    assertEquals(2, run("--profile", "raspberry-pi-5"));
    assertFalse(Files.exists(folder.resolve("fitted")));
  }

  @Test
  void anotherModelOfTheNameIsNotFitted() {
    answer("/api/v1/models", "{\"items\":[{\"name\":\"vae-decoder\",\"digest\":\"00\"}]}");
    assertEquals(2, run("--profile", "raspberry-pi-5"));
    assertTrue(out.toString().contains("give --name"), out.toString());
  }

  @Test
  void thisMachineIsNoDeviceOfAController() {
    assertEquals(2, run());
    assertTrue(out.toString().contains("expected --profile"), out.toString());
  }

  private void fits(String digest) {
    answer(
        "/api/v1/models/vae-decoder/fits",
        "{\"id\":\"f1\",\"state\":\"done\",\"choices\":[{\"profile\":\"raspberry-pi-5\",\"variant\":\"int8\","
            + "\"reason\":\"0.5 x the time\",\"times\":\"measured\",\"measured\":{\"device\":\"kitchen\"}}]}");
    answer(
        "/fits/f1", "<link rel=\"stylesheet\" href=\"/fits/style.css\"><p><a>Sagui</a></p>\n<h1>");
    answer(
        "/api/v1/models/vae-decoder",
        "{\"variants\":[{\"name\":\"fp32\",\"files\":[]},{\"name\":\"int8\",\"bytes\":3,\"files\":"
            + "[{\"name\":\"model.onnx\",\"digest\":\"%s\",\"size\":3}]}]}".formatted(digest));
    answer("/api/v1/blobs/" + digest, new String(VARIANT, StandardCharsets.ISO_8859_1));
  }

  private void answer(String path, String body) {
    server.createContext(
        path,
        exchange -> {
          String sent =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          seen.add(sent);
          byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private int run(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "fit",
                model.toString(),
                "--out",
                folder.resolve("fitted").toString(),
                "--controller",
                "http://127.0.0.1:" + server.getAddress().getPort()));
    args.addAll(Arrays.asList(more));
    PrintWriter writer = new PrintWriter(out, true);
    return Main.run(writer, writer, args.toArray(String[]::new));
  }
}
