/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.link.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Certificates of a broker with TLS. Devices have no certificate of their own: the broker knows
 * them by name and password, the controller by the key that signs their attestations.
 */
class TlsFaultsIT extends FaultScene {
  private static final String PASSWORD = "password";
  private int port;

  @Test
  void aDeviceServesThroughAnExpiredCertificateAndComesBackWithTheNext() throws Exception {
    keys("good", "-1d", 30);
    keys("expired", "-10d", 5);
    trust("good", "expired");
    restart("good");
    config.put("sagui.mqtt.url", broker.url().toString().replace("tcp", "ssl"));
    serveFirst(folder, flags());
    restart("expired");
    want(2, second);
    awaitSaid("link=down");
    assertEquals("v1", version());
    mark();
    restart("good");
    want(2, second);
    awaitCommitted("v2", 60);
    assertEquals("v2", version());
    row(
        "F8 certificate",
        "the broker's has expired, later it is renewed",
        "v1 serves, connects anew, then v2");
  }

  @Tag("slow")
  @Test
  void aDeviceWhoseCertificateHasExpiredServesAndComesBackWithTheNext() throws Exception {
    keys("good", "-1d", 30);
    trust("good");
    authority();
    device("-1d", 30);
    port = broker.port();
    controller.close();
    broker.close();
    meet(folder.resolve("authority-trust.p12"));
    config.put("sagui.mqtt.url", broker.url().toString().replace("tcp", "ssl"));
    config.put("sagui.mqtt.keystore.file", store("device").toString());
    config.put("sagui.mqtt.keystore.password", PASSWORD);
    serveFirst(folder, flags());
    device("-10d", 5);
    controller.close();
    broker.close();
    meet(folder.resolve("authority-trust.p12"));
    want(2, second);
    awaitSaid("put another one there");
    assertEquals("v1", version());
    mark();
    device("-1d", 30);
    awaitCommitted("v2", 60);
    assertEquals("v2", version());
    row(
        "F8 certificate",
        "the device's has expired, later it is replaced",
        "v1 serves, the log says what to do, connects without a restart, then v2");
  }

  /** The broker again, which asks devices for certificates. */
  private void meet(Path trust) throws Exception {
    broker =
        TestBroker.withMutualTls(folder.resolve("broker"), port, store("good"), trust, PASSWORD);
    controller = new ControllerOnWire(broker.plainUrl(), TOPICS, DEVICE, fake);
  }

  /** Who signs devices' certificates. */
  private void authority() throws Exception {
    keys("authority", "-1d", 30, "-ext", "bc:c");
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        "authority",
        "-file",
        folder.resolve("authority.crt").toString(),
        "-keystore",
        folder.resolve("authority-trust.p12").toString());
  }

  /** The device's key store from now on, replaced at once. */
  private void device(String start, int days) throws Exception {
    String fresh = folder.resolve("fresh-device.p12").toString();
    String request = folder.resolve("device.csr").toString();
    String signed = folder.resolve("device.crt").toString();
    keytool(
        "-genkeypair",
        "-alias",
        "device",
        "-keyalg",
        "EC",
        "-dname",
        "CN=kitchen",
        "-keystore",
        fresh);
    keytool("-certreq", "-alias", "device", "-file", request, "-keystore", fresh);
    keytool(
        "-gencert",
        "-alias",
        "authority",
        "-startdate",
        start,
        "-validity",
        Integer.toString(days),
        "-infile",
        request,
        "-outfile",
        signed,
        "-keystore",
        store("authority").toString());
    String root = folder.resolve("authority.crt").toString();
    keytool("-importcert", "-noprompt", "-alias", "root", "-file", root, "-keystore", fresh);
    keytool("-importcert", "-noprompt", "-alias", "device", "-file", signed, "-keystore", fresh);
    Files.move(Path.of(fresh), store("device"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Tag("slow")
  @Test
  void aReplacedAuthorityIsTrustedAsSoonAsTheTrustStoreHoldsIt() throws Exception {
    keys("old", "-1d", 30);
    keys("new", "-1d", 30);
    trust("old");
    restart("old");
    config.put("sagui.mqtt.url", broker.url().toString().replace("tcp", "ssl"));
    serveFirst(folder, flags());
    restart("new");
    want(2, second);
    awaitSaid("link=down broker");
    assertEquals("v1", version());
    Files.write(folder.resolve("trust.p12"), new byte[] {1, 2, 3}); // a rotation cut in half
    Thread.sleep(3_000);
    assertEquals("v1", version());
    mark();
    trust("old", "new");
    awaitCommitted("v2", 90);
    assertEquals("v2", version());
    row(
        "F8 certificate",
        "another authority's, and the trust store is cut while it is replaced",
        "v1 serves; trusted without a restart, then v2");
  }

  private String[] flags() {
    return new String[] {
      "-Djavax.net.ssl.trustStore=" + folder.resolve("trust.p12"),
      "-Djavax.net.ssl.trustStorePassword=" + PASSWORD
    };
  }

  private void awaitSaid(String words) throws Exception {
    for (int i = 0; i < 600 && !agent.said().contains(words); i++) {
      Thread.sleep(100);
    }
    assertTrue(agent.said().contains(words), agent.said());
  }

  /** The broker again, at the same address, with that key. */
  private void restart(String name) throws Exception {
    int port = broker.port();
    controller.close();
    broker.close();
    broker = TestBroker.withTls(folder.resolve("broker"), port, store(name), PASSWORD);
    controller = new ControllerOnWire(broker.plainUrl(), TOPICS, DEVICE, fake);
  }

  private Path store(String name) {
    return folder.resolve(name + ".p12");
  }

  private void keys(String name, String start, int days, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-startdate",
            start,
            "-validity",
            Integer.toString(days),
            "-ext",
            "SAN=ip:127.0.0.1",
            "-keystore",
            store(name).toString()));
    command.addAll(List.of(more));
    keytool(command.toArray(new String[0]));
    keytool(
        "-exportcert",
        "-alias",
        name,
        "-keystore",
        store(name).toString(),
        "-file",
        folder.resolve(name + ".crt").toString());
  }

  /** What the device trusts from now on. */
  private void trust(String... names) throws Exception {
    Path fresh = folder.resolve("fresh.p12");
    for (String name : names) {
      keytool(
          "-importcert",
          "-noprompt",
          "-alias",
          name,
          "-file",
          folder.resolve(name + ".crt").toString(),
          "-keystore",
          fresh.toString());
    }
    Files.move(fresh, folder.resolve("trust.p12"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    assertEquals(0, run(command.toArray(new String[0])), command.toString());
  }
}
