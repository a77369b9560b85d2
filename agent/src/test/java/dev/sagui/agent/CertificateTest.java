/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.config.KeystoreFile;
import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.status.Status;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device tells of the certificate that it shows its broker. */
class CertificateTest {
  private static final String PASSWORD = "secret";

  @TempDir Path folder;

  @Test
  void isToldBeforeAndAfterItExpires() throws Exception {
    KeystoreFile file = new KeystoreFile(folder.resolve("device.p12"), PASSWORD);
    issue(file, 30); // by the device's clock, a day ago
    Device device = new Device(folder.resolve("home"), new FakeController(), file);
    assertEquals(List.of(), device.reported().warnings());
    assertTrue(!status(device).contains("Warning"), status(device));
    device.pass(Duration.ofDays(20));
    assertTold(device, "less than 14 days");
    device.pass(Duration.ofDays(20));
    assertTold(device, "put another one there");
    file.file().toFile().delete();
    issue(file, 90);
    device.pass(Duration.ofHours(1));
    assertEquals(List.of(), device.reported().warnings());
  }

  @Test
  void isToldWhenItCannotBeRead() throws IOException {
    KeystoreFile file = new KeystoreFile(folder.resolve("none.p12"), PASSWORD);
    Device device = new Device(folder.resolve("home"), new FakeController(), file);
    assertTold(device, "cannot be read");
  }

  private static void assertTold(Device device, String why) throws IOException {
    List<Reported.Failure> warnings = device.reported().warnings();
    assertEquals(1, warnings.size());
    assertEquals(FailureCode.CERTIFICATE_EXPIRES, warnings.get(0).code());
    assertTrue(warnings.get(0).message().contains(why), warnings.get(0).message());
    String status = status(device);
    assertTrue(status.contains("Warning: CERTIFICATE_EXPIRES: "), status);
    assertTrue(status.contains(why), status);
  }

  private static String status(Device device) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream print = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      Status.print(device.settings, device.wallClock, false, print);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void issue(KeystoreFile file, int days) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", "device", "-keyalg", "EC"));
    command.addAll(List.of("-dname", "CN=kitchen", "-startdate", "2026/01/01 00:00:00"));
    command.addAll(List.of("-validity", Integer.toString(days), "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", file.file().toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
