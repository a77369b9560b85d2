/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.manifest.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process: what it says and how it ends. */
class MainIT {
  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();
  private final Map<String, String> config = new TreeMap<>();

  @BeforeEach
  void configure() throws IOException {
    Path trust = folder.resolve("trust.pub");
    Files.writeString(trust, new SigningKey(SigningKey.generate()).trusted().pem());
    config.put("sagui.home", folder.resolve("home").toString());
    config.put("sagui.device", "kitchen");
    config.put("sagui.profile", "raspberry-pi-5");
    config.put("sagui.trust", trust.toString());
    config.put("sagui.serve.port", "0");
    config.put("sagui.mqtt.url", "tcp://127.0.0.1:1");
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void servesWithoutABrokerAndEndsWhenTold() throws Exception {
    Process agent = start("a");
    awaitReady(agent, "a");
    assertTrue(output("a").startsWith("sagui agent ready device=kitchen http=http://127.0.0.1:"));
    agent.destroy();
    assertTrue(agent.waitFor(20, TimeUnit.SECONDS));
    assertTrue(Files.notExists(folder.resolve("home/agent.json")));
  }

  @Test
  void refusesASecondAgentOnOneFolder() throws Exception {
    awaitReady(start("first"), "first");
    Process second = start("second");
    assertTrue(second.waitFor(20, TimeUnit.SECONDS));
    assertEquals(2, second.exitValue());
    assertTrue(errors("second").startsWith("sagui: another agent runs on "), errors("second"));
    assertEquals(1, errors("second").lines().count());
  }

  @Test
  void answersOthersAgainAfterSlowUploadsHeldAllThreads() throws Exception {
    awaitReady(start("a"), "a");
    URI url = URI.create(field("serve_url"));
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket(url.getHost(), url.getPort());
        slow.add(socket);
        socket
            .getOutputStream()
            .write("POST /v2/models/x/infer HTTP/1.1\r\nContent-Le".getBytes(US_ASCII));
      }
      HttpRequest live = HttpRequest.newBuilder(url.resolve("/v2/health/live")).build();
      HttpClient client = HttpClient.newHttpClient();
      assertEquals(200, client.send(live, BodyHandlers.ofString()).statusCode());
      for (Socket socket : slow) {
        assertEquals(-1, socket.getInputStream().read()); // closed by the agent
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      config.put("sagui.serve.port", Integer.toString(taken.getLocalPort()));
      Process agent = start("a");
      assertTrue(agent.waitFor(20, TimeUnit.SECONDS));
      assertEquals(2, agent.exitValue());
      assertTrue(errors("a").contains("cannot serve on 127.0.0.1:" + taken.getLocalPort()));
    }
  }

  @Test
  void reportsAllMistakesOfTheConfigurationAtOnce() throws Exception {
    config.put("sagui.profile", "toaster");
    config.put("sagui.labels", "nonsense");
    config.put("sagui.mqtt.url", "http://127.0.0.1");
    Process agent = start("a");
    assertTrue(agent.waitFor(20, TimeUnit.SECONDS));
    assertEquals(2, agent.exitValue());
    List<String> lines = errors("a").lines().toList();
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(lines.get(0).contains("no profile 'toaster'"), lines.get(0));
    assertTrue(lines.get(1).contains("sagui.labels"), lines.get(1));
    assertTrue(lines.get(2).contains("sagui.mqtt.url"), lines.get(2));
  }

  @Test
  void saysHowItStandsBesideARunningAgentAndAfterIt() throws Exception {
    assertEquals(2, run("before", "status"));
    assertTrue(errors("before").startsWith("sagui: no agent has run on '"), errors("before"));
    Process agent = start("a");
    awaitReady(agent, "a");
    assertEquals(0, run("beside", "status", "--json"));
    Fields beside = Fields.parse(output("beside").getBytes(StandardCharsets.UTF_8));
    assertTrue(beside.flag("running"));
    assertEquals(agent.pid(), beside.integer("pid"));
    assertTrue(beside.object("store").integer("free_bytes") > 0);
    agent.destroyForcibly().waitFor();
    assertEquals(0, run("after", "status"));
    assertTrue(output("after").startsWith("Agent kitchen on "), output("after"));
    assertTrue(output("after").contains(": does not run"), output("after"));
  }

  @Test
  void saysHowStatusIsUsed() throws Exception {
    assertEquals(0, run("help", "status", "--help"));
    assertTrue(output("help").contains("Example: sagui agent status --config "), output("help"));
    assertEquals(2, run("flag", "status", "--jsn"));
    assertTrue(errors("flag").contains("found '--jsn'"), errors("flag"));
    assertEquals(2, run("verb", "stats"));
    assertTrue(errors("verb").contains("nothing or 'status', found 'stats'"), errors("verb"));
  }

  private int run(String name, String... arguments) throws Exception {
    Process process = start(name, arguments);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    return process.exitValue();
  }

  private Process start(String name, String... arguments) throws IOException {
    Path properties = folder.resolve(name + ".properties");
    StringBuilder lines = new StringBuilder();
    config.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    Files.writeString(properties, lines);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx64m", "-Dsun.net.httpserver.maxReqTime=2"));
    command.add("-Dsmallrye.config.locations=" + properties.toUri());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve(name + ".out").toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start();
    started.add(process);
    return process;
  }

  /** Until it says so, which is the last thing: the file with its address lies there before. */
  private void awaitReady(Process agent, String name) throws InterruptedException {
    for (int i = 0; i < 1000 && agent.isAlive(); i++) {
      if (output(name).endsWith("\n")) {
        assertTrue(Files.exists(folder.resolve("home/agent.json")));
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the agent did not become ready: " + errors(name));
  }

  private String output(String name) {
    return read(folder.resolve(name + ".out"));
  }

  private String errors(String name) {
    return read(folder.resolve(name + ".err"));
  }

  private String field(String name) throws IOException {
    return Fields.parse(Files.readAllBytes(folder.resolve("home/agent.json"))).string(name);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
