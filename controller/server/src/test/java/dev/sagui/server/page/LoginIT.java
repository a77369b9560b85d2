/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import dev.sagui.server.PackagedController;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of a controller that has a token. */
class LoginIT {
  private static final String TOKEN = "correct horse";

  @TempDir static Path home;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static PackagedController controller;
  private static URI url;
  private static Chromium chromium;

  @BeforeAll
  static void start() throws Exception {
    Chromium.assumeInstalled();
    controller = PackagedController.start(home, "sagui.http.token=" + TOKEN);
    url = controller.url();
    chromium = Chromium.launch();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (controller != null) {
      controller.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void wrongTokenIsAnsweredByOneSentence(ColorScheme scheme) {
    try (Page page = chromium.open(url, 360, scheme)) {
      signIn(page, "wrong");
      assertEquals("That is not this controller's token.", page.innerText("[role=alert]").strip());
      assertEquals(360, page.evaluate("document.documentElement.scrollWidth"));
      Chromium.picture(page, "login-" + scheme.name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  @Test
  void rightTokenShowsTheFleetAndItsChanges() throws Exception {
    try (Page page = chromium.open(url, 1200, ColorScheme.LIGHT)) {
      signIn(page, TOKEN);
      page.waitForSelector("#link.live");
      page.evaluate("window.stayed = true");
      HttpRequest.Builder model =
          request("/api/v1/models?name=arrived")
              .header("Authorization", "Bearer " + TOKEN)
              .header("Content-Type", "application/octet-stream")
              .POST(BodyPublishers.ofFile(PackagedController.DECODER));
      assertEquals(201, send(model).statusCode());
      page.waitForSelector("h3:has-text('arrived')");
      assertEquals(true, page.evaluate("window.stayed"));
    }
  }

  @Test
  void sessionIsNoTokenAndOutOfReachOfScripts() {
    try (Page page = chromium.open(url, 1200, ColorScheme.LIGHT)) {
      signIn(page, TOKEN);
      page.waitForSelector("text=Sign out");
      Cookie cookie = page.context().cookies().get(0);
      assertFalse(cookie.value.contains(TOKEN));
      assertEquals(true, cookie.httpOnly);
      assertEquals(SameSiteAttribute.STRICT, cookie.sameSite);
      assertEquals("", page.evaluate("document.cookie"));
    }
  }

  @Test
  void signingOutEndsTheSession() throws Exception {
    try (Page page = chromium.open(url, 1200, ColorScheme.LIGHT)) {
      signIn(page, TOKEN);
      page.waitForSelector("text=Sign out");
      String session = page.context().cookies().get(0).value;
      page.click("text=Sign out");
      page.waitForSelector("input[type=password]");
      assertEquals(0, page.context().cookies().size());
      assertEquals(401, send(bySession("/api/v1/devices", session)).statusCode());
    }
  }

  @Test
  void programsWithoutTheTokenGetAProblem() throws Exception {
    HttpResponse<String> api = send(request("/api/v1/devices").header("Accept", "text/html"));
    assertEquals(401, api.statusCode());
    assertTrue(api.body().contains("Bearer TOKEN"), api.body());
    assertEquals(401, send(request("/")).statusCode());
    assertEquals(303, send(request("/").header("Accept", "text/html")).statusCode());
  }

  @Test
  void changesByCookieAreTakenFromTheOwnPageOnly() throws Exception {
    String session = session();
    String path = "/api/v1/desired-states";
    assertEquals(200, send(bySession("/api/v1/devices", session)).statusCode());
    assertEquals(403, send(json(bySession(path, session))).statusCode());
    assertEquals(
        403, send(json(bySession(path, session)).header("Origin", "http://evil")).statusCode());
    String own = url.toString();
    assertEquals(400, send(json(bySession(path, session)).header("Origin", own)).statusCode());
  }

  private static HttpRequest.Builder json(HttpRequest.Builder request) {
    return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"));
  }

  private static HttpRequest.Builder bySession(String path, String session) {
    return request(path).header("Cookie", "sagui_session=" + session);
  }

  private static String session() throws Exception {
    HttpResponse<String> entered =
        send(
            request("/login")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + TOKEN.replace(" ", "+"))));
    String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.replaceAll("sagui_session=\"?([^\";]+).*", "$1");
  }

  private static void signIn(Page page, String token) {
    page.fill("input[type=password]", token);
    page.click("button");
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }
}
