/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker with TLS and certificates of devices. */
class BrokerTlsIT {
  private static final String PASSWORD = "of the test, 7;&";

  @TempDir static Path folder;
  private static PackagedController controller;
  private static String broker;

  @BeforeAll
  static void start() throws Exception {
    for (String name : List.of("broker", "device", "foreign")) {
      keys(name);
    }
    trust("broker");
    trust("device");
    controller =
        PackagedController.start(
            folder.resolve("controller"),
            "sagui.mqtt.tls.keystore.file=" + store("broker"),
            "sagui.mqtt.tls.keystore.password=" + PASSWORD,
            "sagui.mqtt.tls.truststore.file=" + store("device-trust"),
            "sagui.mqtt.tls.truststore.password=" + PASSWORD);
    broker = controller.awaitReady().string("mqtt_url");
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  @Test
  void anAgentConnectsAndIsHeard() throws Exception {
    assertTrue(broker.startsWith("ssl://"), broker);
    Map<String, String> options =
        Map.of(
            "sagui.device",
            "kitchen",
            "sagui.profile",
            "raspberry-pi-5",
            "javax.net.ssl.trustStore",
            store("broker-trust").toString(),
            "javax.net.ssl.trustStorePassword",
            PASSWORD,
            "sagui.mqtt.keystore.file",
            store("device").toString(),
            "sagui.mqtt.keystore.password",
            PASSWORD);
    Path device = folder.resolve("agent");
    try (PackagedAgent agent = PackagedAgent.start(device, controller.awaitReady(), options)) {
      Fields heard = controller.get("/api/v1/devices/kitchen");
      for (int i = 0; i < 600 && !heard.has("online"); i++) {
        Thread.sleep(100);
        heard = controller.get("/api/v1/devices/kitchen");
      }
      assertTrue(heard.flag("online"), () -> agent.said());
    }
  }

  @Test
  void whoShowsNoCertificateOrAForeignOneIsRefused() throws Exception {
    connect(broker, sockets("device"));
    assertThrows(MqttException.class, () -> connect(broker, sockets("foreign")));
    assertThrows(MqttException.class, () -> connect(broker, sockets("")));
    String plain = broker.replace("ssl", "tcp");
    assertThrows(MqttException.class, () -> connect(plain, new MqttConnectionOptions()));
  }

  private static MqttConnectionOptions sockets(String shown) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(open("broker-trust"));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown.isEmpty() ? null : shown(shown), trust.getTrustManagers(), null);
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(context.getSocketFactory());
    return options;
  }

  private static KeyManager[] shown(String name) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(open(name), PASSWORD.toCharArray());
    return keys.getKeyManagers();
  }

  private static void connect(String url, MqttConnectionOptions options) throws MqttException {
    MqttAsyncClient client = new MqttAsyncClient(url, "stranger", new MemoryPersistence());
    options.setConnectionTimeout(5);
    try {
      client.connect(options).waitForCompletion(10_000);
      client.disconnect().waitForCompletion(10_000);
    } finally {
      client.close(true);
    }
  }

  private static KeyStore open(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store(name))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static Path store(String name) {
    return folder.resolve(name + ".p12");
  }

  /** A key and a certificate that it signed itself. */
  private static void keys(String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("-genkeypair", "-alias", name, "-keyalg", "EC"));
    command.addAll(List.of("-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1"));
    keytool(store(name), command);
  }

  /** A store in which that certificate is believed. */
  private static void trust(String name) throws IOException, InterruptedException {
    String file = folder.resolve(name + ".crt").toString();
    keytool(store(name), List.of("-exportcert", "-alias", name, "-file", file));
    keytool(
        store(name + "-trust"), List.of("-importcert", "-noprompt", "-alias", name, "-file", file));
  }

  private static void keytool(Path store, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
