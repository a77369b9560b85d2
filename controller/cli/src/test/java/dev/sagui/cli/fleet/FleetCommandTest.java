/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The fleet verbs against a scripted controller. */
class FleetCommandTest {
  private static final String DEVICE =
      "{\"id\":\"zero\",\"online\":true,\"last_seen\":\"2026-01-01T00:00:00Z\","
          + "\"models\":[{\"model\":\"vae\",\"state\":\"IDLE\","
          + "\"serving\":{\"variant\":\"int8\"}}],"
          + "\"latency\":[{\"p50_ms\":1.25,\"p95_ms\":2.5,\"p99_ms\":3.0}]}";

  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final StringWriter out = new StringWriter();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void listsDevicesPageAfterPage() {
    answer(
        "/api/v1/devices",
        200,
        "{\"items\":[" + DEVICE + "],\"next\":\"c2\"}",
        "{\"items\":[" + DEVICE.replace("zero", "five") + "]}");
    assertEquals(0, run("devices"));
    String[] lines = out.toString().split("\n");
    assertTrue(lines[0].startsWith("DEVICE"), lines[0]);
    assertTrue(
        lines[1].matches("zero +yes .*vae +int8 +IDLE +- +1\\.25 +2\\.50 +3\\.00 .*"), lines[1]);
    assertTrue(lines[2].startsWith("five"), lines[2]);
  }

  @Test
  void printsOneJsonDocument() {
    answer("/api/v1/devices", 200, "{\"items\":[" + DEVICE + "]}");
    assertEquals(0, run("devices", "--json"));
    assertTrue(out.toString().startsWith("{"), out.toString());
    assertTrue(out.toString().contains("\"p95_ms\" : 2.5"), out.toString());
  }

  @Test
  void showsTheProblemsOwnSentence() {
    answer("/api/v1/releases", 404, "{\"code\":\"UNKNOWN_PROFILE\",\"detail\":\"no profile 'x'\"}");
    assertEquals(2, run("release", "vae", "int8", "--profile", "x"));
    assertEquals("UNKNOWN_PROFILE no profile 'x'", out.toString().strip());
  }

  @Test
  void saysHowToStartAControllerWhenNoneAnswers() {
    server.stop(0);
    assertEquals(2, run("models"));
    assertTrue(out.toString().contains("sagui controller"), out.toString());
  }

  @Test
  void setsTheDesiredStateOfALabel() {
    answer("/api/v1/desired-states", 200, "{\"devices\":[\"zero\"]}");
    assertEquals(0, run("deploy", "abc", "--label", "room=demo"));
    assertTrue(seen.peek().contains("\"label\":\"room=demo\""), seen.peek());
    assertEquals("desired state set for 1: zero", out.toString().strip());
    assertFalse(seen.peek().contains("max_bytes"), seen.peek());
  }

  @Test
  void deploysWithinBytes() {
    answer("/api/v1/desired-states", 200, "{\"devices\":[\"zero\"]}");
    assertEquals(0, run("deploy", "abc", "--device", "zero", "--max-bytes", "20MB"));
    assertTrue(seen.peek().contains("\"max_bytes\":20000000"), seen.peek());
  }

  @Test
  void deploysInTurns() {
    answer("/api/v1/desired-states", 200, "{\"devices\":[\"zero\"]}");
    assertEquals(0, run("deploy", "abc", "--label", "site=north", "--over", "30"));
    assertTrue(seen.peek().contains("\"over_seconds\":1800"), seen.peek());
  }

  @Test
  void deploysFromWebServers() {
    answer("/api/v1/desired-states", 200, "{\"devices\":[\"zero\"]}");
    String first = "https://cdn.example.com/{digest}";
    String second = "http://192.168.1.7:8100/chunks/{digest}";
    assertEquals(0, run("deploy", "abc", "--device", "zero", "--from", first, "--from", second));
    assertTrue(
        seen.peek().contains("\"from\":[\"%s\",\"%s\"]".formatted(first, second)), seen.peek());
  }

  @Test
  void deploysFromAddressesOfEachObject(@TempDir Path folder) throws IOException {
    answer("/api/v1/desired-states", 200, "{\"devices\":[\"zero\"]}");
    String table = "{\"%s\":\"https://s3.example/a?sig=1\"}".formatted("0".repeat(64));
    Path file = Files.writeString(folder.resolve("table.json"), table);
    assertEquals(0, run("deploy", "abc", "--device", "zero", "--addresses", file.toString()));
    assertTrue(seen.peek().contains("\"addresses\":[" + table + "]"), seen.peek());
  }

  @Test
  void deploysAfterTheDifferencesAreMade() {
    String found = "{\"differences\":{\"state\":\"%s\",\"progress\":0.5,\"found\":[]}}";
    answer("/api/v1/releases/abc", 200, found.formatted("making"), found.formatted("made"));
    answer("/api/v1/desired-states", 200, "{\"devices\":[\"zero\"]}");
    assertEquals(0, run("deploy", "abc", "--device", "zero", "--after-differences"));
    assertEquals("desired state set for 1: zero", out.toString().strip());
  }

  @Test
  void listsReleasesWithHowFarTheirDifferencesAre() {
    String release =
        "{\"id\":\"abc\",\"model\":\"vae\",\"variant\":\"int8\",\"sequence\":2,\"flash_bytes\":9,"
            + "\"profiles\":[\"tiny\"],\"created\":\"2026-01-01T00:00:00Z\","
            + "\"differences\":{\"state\":\"making\",\"progress\":0.5,\"found\":[]}}";
    answer("/api/v1/releases", 200, "{\"items\":[" + release + "]}");
    assertEquals(0, run("releases"));
    assertTrue(out.toString().contains(" 50 % "), out.toString());
  }

  @Test
  void acceptsTheKeyThatADeviceShows() {
    answer("/api/v1/devices/kitchen/key", 200, "{\"device\":\"kitchen\",\"asked\":true}");
    assertEquals(0, run("accept-key", "kitchen", "3f9a"));
    assertEquals("{\"accept\":\"3f9a\"}", seen.peek());
    assertTrue(out.toString().startsWith("the key of 'kitchen' is trusted"), out.toString());
  }

  @Test
  void endsWithThreeWhenNoVariantFits() {
    answer(
        "/api/v1/models/vae/fits",
        202,
        "{\"id\":\"f1\",\"state\":\"done\",\"choices\":"
            + "[{\"profile\":\"tiny\",\"variant\":null,\"reason\":\"too large\"}]}");
    assertEquals(3, run("fit", "vae", "--profile", "tiny"));
    assertTrue(out.toString().contains("too large"), out.toString());
  }

  @Test
  void plansAFitForAllDevices() {
    String known = "{\"id\":\"%s\",\"profile\":\"%s\"}";
    answer(
        "/api/v1/devices",
        200,
        "{\"items\":[%s,%s,%s]}"
            .formatted(
                known.formatted("a", "small"),
                known.formatted("b", "small"),
                known.formatted("c", "tiny")));
    answer(
        "/api/v1/models/vae/fits",
        202,
        "{\"id\":\"f1\",\"state\":\"done\",\"choices\":["
            + "{\"profile\":\"small\",\"variant\":\"int8\",\"reason\":\"fast\"},"
            + "{\"profile\":\"tiny\",\"variant\":null,\"reason\":\"too large\"}]}");
    answer("/api/v1/models/vae", 200, "{\"variants\":[{\"name\":\"int8\",\"bytes\":250000}]}");
    assertEquals(3, run("fit", "vae", "--all-devices"));
    assertTrue(seen.contains("{\"profiles\":[\"small\",\"tiny\"]}"), seen.toString());
    assertTrue(
        out.toString().contains("small    2        int8     250.0 kB  500.0 kB  estimated  fast"),
        out.toString());
    assertTrue(
        out.toString()
            .contains("2 devices get a variant, 500.0 kB to send at most; nothing fits 1"),
        out.toString());
  }

  @Test
  void takesAModelThroughARecipe(@TempDir Path folder) throws IOException {
    Path recipe = folder.resolve("small.yaml");
    Files.writeString(recipe, "data: latent:normal:3:32\nsteps:\n- finetune: {steps: 3}\n");
    answer("/api/v1/models/vae/compressions", 202, compression("running", "[]"));
    answer(
        "/api/v1/compressions/c1",
        200,
        compression(
            "done",
            "[{\"name\":\"finetune\",\"changed\":true,\"reason\":\"\",\"bytes\":9,\"seconds\":1}]"));
    assertEquals(0, run("compress", "vae", "--recipe", recipe.toString()));
    assertEquals(
        "{\"data\":\"latent:normal:3:32\",\"steps\":[{\"finetune\":{\"steps\":3}}]}", seen.peek());
    assertTrue(out.toString().contains("finetune  9      1.0      -"), out.toString());
  }

  @Test
  void trainsByARecipeAndSavesItsCurves(@TempDir Path folder) throws IOException {
    Path recipe = folder.resolve("letters.yaml");
    Files.writeString(recipe, "base: notes\ndata: text:letters.txt\nsteps: 9\n");
    String run =
        "{\"id\":\"t1\",\"model\":\"letters\",\"state\":\"%s\",\"progress\":0.5,\"doing\":\"transfer: step 3\"%s}";
    answer("/api/v1/trainings", 202, run.formatted("running", ""));
    answer(
        "/api/v1/trainings/t1",
        200,
        run.formatted(
            "done",
            ",\"models\":[\"letters\"],\"report\":{\"steps\":9},\"files\":[{\"name\":\"../x/curves.csv\",\"digest\":\"d1\"}]"));
    answer("/api/v1/blobs/d1", 200, "step,loss");
    Path saved = folder.resolve("saved");
    assertEquals(0, run("transfer", recipe.toString(), "--out", saved.toString()));
    assertEquals("{\"base\":\"notes\",\"data\":\"text:letters.txt\",\"steps\":9}", seen.peek());
    assertTrue(out.toString().contains("made letters: 9 steps"), out.toString());
    assertEquals("step,loss", Files.readString(saved.resolve("curves.csv")));
  }

  @Test
  void putsListsAndDeletesData(@TempDir Path folder) throws IOException {
    Path faces = Files.writeString(folder.resolve("faces.tar"), "tar");
    String set =
        "{\"name\":\"faces\",\"files\":2,\"bytes\":9,\"created\":\"2026-01-01T00:00:00Z\"}";
    answer("/api/v1/data/faces", 201, set, "{}");
    assertEquals(0, run("data", "put", faces.toString()));
    assertTrue(out.toString().contains("stored faces: 2 files, 9 bytes"), out.toString());
    assertEquals("tar", seen.peek());
    answer("/api/v1/data", 200, "{\"items\":[" + set + "]}");
    assertEquals(0, run("data"));
    assertTrue(out.toString().contains("faces  2      9      2026-01-01T00:00:00Z"), out + "");
    assertEquals(0, run("data", "delete", "faces"));
    assertEquals(2, run("data", "put", folder.resolve("none").toString()));
    assertTrue(out.toString().contains("expected a file, or a .tar of a folder"), out + "");
  }

  private static String compression(String state, String steps) {
    return "{\"id\":\"c1\",\"variant\":\"small\",\"state\":\"%s\",\"progress\":0.5,\"doing\":\"finetune\",\"steps\":%s}"
        .formatted(state, steps);
  }

  private void answer(String path, int status, String... bodies) {
    ConcurrentLinkedQueue<String> next = new ConcurrentLinkedQueue<>(java.util.List.of(bodies));
    server.createContext(
        path,
        exchange -> {
          seen.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = next.remove().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private int run(String... arguments) {
    CommandLine command = new CommandLine(new FleetCommand());
    command.setOut(new PrintWriter(out));
    command.setExecutionExceptionHandler(
        (e, line, parsed) -> {
          out.write(
              (e instanceof dev.sagui.failure.RejectedException r
                          && !r.code().name().equals("UNREACHABLE")
                      ? r.code() + " "
                      : "")
                  + e.getMessage());
          return 2;
        });
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--url";
    all[arguments.length + 1] = "http://127.0.0.1:" + server.getAddress().getPort();
    return command.execute(all);
  }
}
