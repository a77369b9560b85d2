/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.link.Observer;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.SigningKey;
import dev.sagui.wire.Channel;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Topics;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents that were given one device id, as when an SD card was copied. */
class TwinAgentsIT {
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Topics TOPICS = new Topics("sagui", "default");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration WATCHED = Duration.ofSeconds(10);
  private static final String WARNING = "another agent uses device id 'kitchen'";

  @TempDir Path folder;

  private final Map<String, String> config = new TreeMap<>();
  private TestBroker broker;
  private Observer observer;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(folder.resolve("broker"), 0);
    observer = new Observer(broker.url(), TOPICS, Channel.STATE);
    Path trust = folder.resolve("trust.pub");
    Files.writeString(trust, new SigningKey(SigningKey.generate()).trusted().pem());
    config.put("sagui.device", DEVICE.value());
    config.put("sagui.profile", "raspberry-pi-5");
    config.put("sagui.trust", trust.toString());
    config.put("sagui.serve.port", "0");
    config.put("sagui.mqtt.url", broker.url().toString());
  }

  @AfterEach
  void end() throws Exception {
    observer.close();
    broker.close();
  }

  @Test
  void theFirstGivesWayForLongSaysSoAndGoesOnServing() throws Exception {
    try (AgentProcess first = AgentProcess.start(folder.resolve("first"), config)) {
      String firstInstance = birth();
      try (AgentProcess second = AgentProcess.start(folder.resolve("second"), config)) {
        assertNotEquals(firstInstance, birth());
        assertEquals(0, birthsWithin(WATCHED));
        assertEquals(1, first.said().split(WARNING, -1).length - 1, first.said());
        assertTrue(!second.said().contains(WARNING), second.said());
        assertServes(first);
        assertServes(second);
      }
    }
  }

  private String birth() throws InterruptedException {
    return DeviceState.parse(observer.next(SOON, TwinAgentsIT::isBirth).payload()).instance();
  }

  private static boolean isBirth(Observer.Seen seen) {
    return DeviceState.parse(seen.payload()).online();
  }

  /** One would be the end of peace: each take-over brings a birth. */
  private int birthsWithin(Duration time) throws InterruptedException {
    try {
      observer.next(time, TwinAgentsIT::isBirth);
      return 1;
    } catch (AssertionError none) {
      return 0;
    }
  }

  private static void assertServes(AgentProcess agent) throws Exception {
    HttpRequest live = HttpRequest.newBuilder(agent.server().resolve("/v2/health/ready")).build();
    int status = HttpClient.newHttpClient().send(live, BodyHandlers.discarding()).statusCode();
    assertEquals(200, status);
  }
}
