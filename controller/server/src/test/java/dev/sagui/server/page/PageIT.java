/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import dev.sagui.wire.Channel;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of the packaged controller in Debian's Chromium, with one device and one model. */
class PageIT {
  private static final DeviceId KITCHEN = new DeviceId("kitchen");
  private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

  @TempDir static Path home;

  private static PackagedController controller;
  private static URI url;
  private static Chromium chromium;

  @BeforeAll
  static void start() throws Exception {
    Chromium.assumeInstalled();
    controller = PackagedController.start(home);
    Fields ready = controller.awaitReady();
    url = URI.create(ready.string("http_url"));
    importModel("decoder");
    report(ready.string("mqtt_url"));
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
  void fitsAPhoneWithoutScrollingSideways(ColorScheme scheme) {
    try (Page page = open(360, scheme)) {
      page.waitForSelector("text=kitchen");
      assertEquals(360, page.evaluate("document.documentElement.scrollWidth"));
      Chromium.picture(page, "page-" + scheme.name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  @Test
  void isDarkWhenTheReaderPrefersDark() {
    try (Page light = open(1200, ColorScheme.LIGHT);
        Page dark = open(1200, ColorScheme.DARK)) {
      String background = "getComputedStyle(document.body).backgroundColor";
      assertTrue(!light.evaluate(background).equals(dark.evaluate(background)));
    }
  }

  @Test
  void showsWhatHappensWithoutAReload() throws Exception {
    try (Page page = open(1200, ColorScheme.LIGHT)) {
      page.waitForSelector("text=decoder");
      page.evaluate("window.stayed = true");
      importModel("arrived-later");
      page.waitForSelector("text=arrived-later");
      assertEquals(true, page.evaluate("window.stayed"));
    }
  }

  @Test
  void showsAHostileMessageAsText() {
    try (Page page = open(1200, ColorScheme.LIGHT)) {
      page.waitForSelector("text=MODEL_DOES_NOT_LOAD");
      assertTrue(page.innerText("body").contains(HOSTILE));
      assertTrue(!page.title().contains("owned"));
    }
  }

  private static Page open(int width, ColorScheme scheme) {
    return chromium.open(url, width, scheme);
  }

  private static void importModel(String name) throws IOException, InterruptedException {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofFile(PackagedController.DECODER);
    assertEquals(201, controller.importModel(name, body).statusCode());
  }

  /** A device that says hostile things. */
  private static void report(String broker) throws Exception {
    DeviceState.Facts facts =
        new DeviceState.Facts(
            new ArtifactName("raspberry-pi-5"),
            "it is configured",
            "aarch64",
            List.of("asimd"),
            4,
            8L << 30,
            6L << 30,
            1L << 34,
            "1.29.0",
            "0.1.0",
            Conditions.UNKNOWN,
            false,
            "http://127.0.0.1:8100",
            Map.of("room", HOSTILE));
    Reported reported =
        new Reported(
            KITCHEN,
            "i1",
            1,
            0,
            List.of(
                new Reported.Slot(
                    new ArtifactName("decoder"),
                    SlotState.REJECTED,
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0,
                    0,
                    Reported.Saved.NOTHING,
                    Optional.of(new Reported.Failure(FailureCode.MODEL_DOES_NOT_LOAD, HOSTILE)),
                    Optional.empty())),
            Optional.empty(),
            Optional.empty());
    Topics topics = new Topics("sagui", "default");
    MqttClient client = new MqttClient(broker, "kitchen", new MemoryPersistence());
    try {
      client.connect();
      byte[] birth =
          new DeviceState(KITCHEN, "i1", true, Optional.of(facts), Optional.empty()).encode();
      client.publish(topics.of(KITCHEN, Channel.STATE), birth, 1, true);
      awaitBirth();
      client.publish(topics.of(KITCHEN, Channel.REPORTED), reported.encode(), 1, false);
      client.disconnect();
    } finally {
      client.close();
    }
  }

  /** A report that overtakes the birth waits for being sent again, and this device sends once. */
  private static void awaitBirth() throws Exception {
    for (int i = 0; i < 200; i++) {
      if (!controller.get("/api/v1/devices").objects("items", f -> f).isEmpty()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the birth was not taken in within 10 s");
  }
}
