/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.SigningKey;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  @TempDir Path home;

  /** Every key and what it is when it is not set, as the documentation says it. */
  private static Map<String, String> defaults() {
    Map<String, String> all = new TreeMap<>();
    all.put("sagui.home", "~/.sagui/agent");
    all.put("sagui.device", "the host's name");
    all.put("sagui.profile", "auto");
    all.put("sagui.profiles", "the known boards");
    all.put("sagui.labels", "none");
    all.put("sagui.mqtt.url", "tcp://127.0.0.1:1883");
    all.put("sagui.mqtt.username", "none");
    all.put("sagui.mqtt.password", "none");
    all.put("sagui.mqtt.keystore.file", "none");
    all.put("sagui.mqtt.keystore.password", "none");
    all.put("sagui.topics.root", "sagui");
    all.put("sagui.topics.tenant", "default");
    all.put("sagui.trust", "trust.pub");
    all.put("sagui.serve.host", "127.0.0.1");
    all.put("sagui.serve.port", "8100");
    all.put("sagui.threads", "the profile's, at most this machine's cores");
    all.put("sagui.report.interval", "PT60S");
    all.put("sagui.fetch.rate", "0");
    all.put("sagui.fetch.http", "none");
    all.put("sagui.fetch.token", "none");
    all.put("sagui.fetch.allow", "none");
    all.put("sagui.neighbours.serve", "false");
    all.put("sagui.neighbours.rate", "0");
    all.put("sagui.update.soak", "PT30S");
    all.put("sagui.update.window", "always");
    all.put("sagui.store.quota", "0");
    all.put("sagui.bench.enabled", "false");
    all.put("sagui.bench.idle", "PT10S");
    all.put("sagui.bench.window", "always");
    all.put("sagui.bench.celsius", "70");
    all.put("sagui.bench.bytes", "268435456");
    all.put("sagui.bench.time", "PT30S");
    return all;
  }

  @Test
  void theDocumentationListsEveryKeyWithItsDefault() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    String page = Files.readString(Path.of("../deploy/docs/configuration.md"));
    String table = page.substring(page.indexOf("\n## Agent\n") + 1);
    int end = table.indexOf("\n## ", 1);
    (end < 0 ? table : table.substring(0, end))
        .lines()
        .filter(line -> line.startsWith("| `sagui."))
        .map(line -> line.split("\\|"))
        .forEach(cells -> addRow(documented, cells[1], cells[2].strip()));
    assertEquals(defaults(), documented);
  }

  /** A row may document several keys, with as many defaults or one for all. */
  private static void addRow(Map<String, String> documented, String keys, String values) {
    Matcher key = CODE.matcher(keys);
    Matcher value = CODE.matcher(values);
    while (key.find()) {
      documented.put(key.group(1), value.find() ? value.group(1) : values);
    }
  }

  @Test
  void theMappingHasTheseKeysAndNoOthers() {
    Map<String, String> found = new TreeMap<>();
    keysOf(AgentConfig.class, "sagui.", found);
    assertEquals(defaults().keySet(), found.keySet());
  }

  private static void keysOf(Class<?> group, String prefix, Map<String, String> into) {
    for (var method : group.getDeclaredMethods()) {
      if (method.getReturnType().getName().startsWith(AgentConfig.class.getName() + "$")) {
        keysOf(method.getReturnType(), prefix + method.getName() + ".", into);
      } else {
        into.put(prefix + method.getName(), method.getName());
      }
    }
  }

  @Test
  void nothingIsMeasuredOnABoardThatIsAboutToBeHeldBack() throws Exception {
    String profile = "raspberry-pi-3b-plus";
    assertEquals(50, read(Map.of("sagui.profile", profile)).bench().maxCelsius());
    Map<String, String> cooler = Map.of("sagui.profile", profile, "sagui.bench.celsius", "45");
    assertEquals(45, read(cooler).bench().maxCelsius());
  }

  @Test
  void readsTheDefaults() throws IOException {
    Settings settings = read(Map.of());
    assertEquals("amd64-avx2", settings.profile().name().value());
    assertEquals("tcp://127.0.0.1:1883", settings.mqttUrl().toString());
    assertEquals(Optional.empty(), settings.mqttUsername());
    assertEquals(Optional.empty(), settings.mqttPassword());
    assertEquals("127.0.0.1", settings.serveHost());
    assertEquals(8100, settings.servePort());
    assertEquals(Duration.ofSeconds(60), settings.reportInterval());
    assertEquals(0, settings.fetchBytesPerSecond());
    assertEquals(Map.of(), settings.labels());
    int cores = Runtime.getRuntime().availableProcessors();
    assertEquals(Math.min(cores, settings.profile().threads()), settings.threads());
  }

  @Test
  void theMachineChoosesItsProfile() throws IOException {
    Path profiles = Files.createDirectory(home.resolve("profiles"));
    profile(profiles, "least", 1 << 20);
    profile(profiles, "most", 1 << 21);
    profile(profiles, "beyond", 1L << 60);
    Settings settings =
        read(Map.of("sagui.profile", "auto", "sagui.profiles", profiles.toString()));
    assertEquals("most", settings.profile().name().value());
    assertTrue(settings.profileReason().startsWith("it asks most"), settings.profileReason());
    Files.delete(profiles.resolve("least.json"));
    Files.delete(profiles.resolve("most.json"));
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> read(Map.of("sagui.profile", "auto", "sagui.profiles", profiles.toString())));
    assertTrue(String.valueOf(e.getMessage()).contains("no profile suits"), e.getMessage());
  }

  private static void profile(Path folder, String name, long ram) throws IOException {
    Files.writeString(
        folder.resolve(name + ".json"),
        """
        {"name": "%s", "board": "board", "architecture": "%s", "isa_flags": [], "cores": 1,
         "ram_bytes": %d, "threads": 1, "budget": {"flash_bytes": 1, "ram_bytes": 1}}
        """
            .formatted(name, System.getProperty("os.arch"), ram));
  }

  @Test
  void homeIsInTheUsersFolder() {
    AgentConfig config =
        builder(Map.of("sagui.profile", "x", "user.home", "/somewhere"))
            .build()
            .getConfigMapping(AgentConfig.class);
    assertEquals(Path.of("/somewhere/.sagui/agent"), config.home());
  }

  @Test
  void readsWhatIsSet() throws IOException {
    Settings settings =
        read(
            Map.of(
                "sagui.device", "kitchen",
                "sagui.labels", "room=kitchen, floor = 2",
                "sagui.mqtt.url", "ssl://broker:8883",
                "sagui.threads", "3",
                "sagui.report.interval", "PT5S",
                "sagui.serve.port", "0",
                "sagui.fetch.rate", "250000",
                "sagui.store.quota", "64000000",
                "sagui.update.soak", "PT5M",
                "sagui.update.window", "22:00-06:00"));
    assertEquals("kitchen", settings.device().value());
    assertEquals(Map.of("room", "kitchen", "floor", "2"), settings.labels());
    assertEquals("ssl://broker:8883", settings.mqttUrl().toString());
    assertEquals(3, settings.threads());
    assertEquals(Duration.ofSeconds(5), settings.reportInterval());
    assertEquals(0, settings.servePort());
    assertEquals(250_000, settings.fetchBytesPerSecond());
    assertEquals(64_000_000, settings.quotaBytes());
    assertEquals(Duration.ofMinutes(5), settings.soak());
    assertTrue(settings.window().contains(LocalTime.of(23, 30)));
    assertTrue(settings.window().contains(LocalTime.of(5, 59)));
    assertFalse(settings.window().contains(LocalTime.of(6, 0)));
  }

  @Test
  void reportsAllMistakesAtOnce() {
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () ->
                read(
                    Map.of(
                        "sagui.fetch.http", "http://host/blobs",
                        "sagui.fetch.allow", "everything",
                        "sagui.device", "no spaces please",
                        "sagui.labels", "room",
                        "sagui.update.window", "at night",
                        "sagui.serve.port", "70000")));
    assertEquals(FailureCode.BAD_CONFIG, e.code());
    assertEquals(6, e.getMessage().lines().count(), e.getMessage());
    for (String key : new String[] {"sagui.device: ", "sagui.labels: ", "sagui.serve.port: "}) {
      assertTrue(e.getMessage().contains(key), e.getMessage());
    }
  }

  @Test
  void saysWhatToDoWhenTheKeyIsMissing() {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> read(Map.of("sagui.trust", home + "/nowhere.pub")));
    assertTrue(e.getMessage().contains("copy the controller's trust.pub there"), e.getMessage());
  }

  private Settings read(Map<String, String> changes) throws IOException {
    SigningKey key = new SigningKey(SigningKey.generate());
    Files.writeString(home.resolve("trust.pub"), key.trusted().pem());
    Map<String, String> values = new HashMap<>();
    values.put("sagui.home", home.toString());
    values.put("sagui.profile", "amd64-avx2");
    values.put("sagui.device", "kitchen");
    values.putAll(changes);
    return new SettingsReader().read(builder(values).build());
  }

  private static SmallRyeConfigBuilder builder(Map<String, String> values) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .withMapping(AgentConfig.class);
  }
}
