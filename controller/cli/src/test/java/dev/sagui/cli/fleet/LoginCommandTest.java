/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A login, and the verbs that use it, against a scripted controller that wants a token. */
class LoginCommandTest {
  private static final String ROLLOUT =
      "{\"release\":\"3f9a\",\"model\":\"vae\",\"variant\":\"int8\",\"sequence\":2,"
          + "\"profile\":\"pi\",\"devices\":6,\"arrived\":3,\"pending\":2,\"refused\":1}";

  @TempDir Path home;
  private final String usualHome = System.getProperty("user.home");
  private final StringWriter out = new StringWriter();
  private final Deque<String> tokens = new ArrayDeque<>();
  private HttpServer server;
  private String url = "";

  @BeforeEach
  void start() throws IOException {
    assumeTrue(System.getenv("XDG_CONFIG_HOME") == null, "XDG_CONFIG_HOME is set");
    assumeTrue(System.getenv("SAGUI_URL") == null, "SAGUI_URL is set");
    System.setProperty("user.home", home.toString());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1",
        exchange -> {
          Optional<String> token =
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
          tokens.add(token.orElse("none"));
          boolean known = token.equals(Optional.of("Bearer secret"));
          String answer =
              known
                  ? "{\"items\":[" + ROLLOUT + "]}"
                  : "{\"code\":\"BAD_REQUEST\",\"detail\":\"wants a token\"}";
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(known ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    System.setProperty("user.home", usualHome);
    if (server != null) {
      server.stop(0);
    }
  }

  @Test
  void savesWhatAnsweredForTheUserAlone() throws IOException {
    assertEquals(0, run("login", url, "--token=secret"));
    Path file = home.resolve(".config/sagui/login.json");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(Optional.of(new SavedLogin(url, Optional.of("secret"))), SavedLogin.find(file));
    assertFalse(out.toString().contains("secret"), out.toString());
  }

  @Test
  void savesNothingWhenTheControllerRefuses() {
    assertEquals(2, run("login", url, "--token=wrong"));
    assertTrue(out.toString().contains("wants its token, and that was another"), out.toString());
    assertFalse(Files.exists(home.resolve(".config")));
  }

  @Test
  void otherVerbsUseTheLogin() {
    run("login", url + "/", "--token=secret");
    assertEquals(0, run("rollouts"));
    String[] lines = out.toString().split("\n");
    assertTrue(lines[1].startsWith("RELEASE"), lines[1]);
    assertTrue(lines[2].matches("3f9a +vae +int8 +2 +pi +6 +3 +2 +1"), lines[2]);
    assertEquals(0, run("rollouts", "--json", "--url", url));
  }

  @Test
  void optionsWinAndTheTokenGoesToNoOtherController() {
    run("login", url, "--token=secret");
    assertEquals(2, run("rollouts", "--token", "other"));
    assertEquals("Bearer other", tokens.peekLast());
    assertEquals(2, run("rollouts", "--url", url.replace("127.0.0.1", "localhost")));
    assertEquals("none", tokens.peekLast());
  }

  @Test
  void watchSaysThatTheTokenIsMissing() {
    assertEquals(2, run("watch", "--url", url));
    assertTrue(out.toString().contains("sagui fleet login"), out.toString());
  }

  @Test
  void printsOneDocumentWithoutTheToken() {
    assertEquals(0, run("login", url, "--token=secret", "--json"));
    assertTrue(out.toString().contains("\"has_token\" : true"), out.toString());
    assertFalse(out.toString().contains("secret"), out.toString());
  }

  private int run(String... arguments) {
    CommandLine command = new CommandLine(new FleetCommand());
    command.setOut(new PrintWriter(out, true));
    command.setExecutionExceptionHandler(
        (e, line, parsed) -> {
          out.write(String.valueOf(e.getMessage()));
          return 2;
        });
    return command.execute(arguments);
  }
}
