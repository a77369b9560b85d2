/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.artifact.BlobAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {
  @ParameterizedTest
  @CsvSource({
    "https://cdn.example.com, https://cdn.example.com, true",
    "https://cdn.example.com, https://CDN.example.com:443, true",
    "https://cdn.example.com, http://cdn.example.com, false",
    "https://cdn.example.com, https://cdn.example.com:8443, false",
    "https://cdn.example.com, https://cdnxexample.com, false",
    "https://cdn.example.com, https://cdn.example.com.evil.net, false",
    "https://*.example.com, https://a.b.example.com, true",
    "https://*.example.com, https://example.com, false",
    "https://*.example.com, https://evil-example.com, false",
    "https://*, https://anything.net, true",
    "https://*, http://anything.net, false",
    "https://*, https://anything.net:22, false",
    "http://192.168.1.*:8100, http://192.168.1.7:8100, true",
    "http://192.168.1.*:8100, http://192.168.1.7:22, false",
    "http://192.168.1.*:8100, http://192.168.1.evil.net:8100, false",
    "http://192.168.1.*:8100, http://192.168.17.7:8100, false",
    "http://192.168.1.7:*, http://192.168.1.7:9999, true",
    "http://[fe80::1]:8100, http://[FE80::1]:8100, true",
    "'https://a.net, http://10.0.0.7:8100', http://10.0.0.7:8100, true",
  })
  void aServerIsAllowedBySchemeHostAndPort(String allowed, String server, boolean expected) {
    BlobAddress address = new BlobAddress(server + "/chunks/{digest}");
    assertEquals(expected, Origins.parse(allowed).allows(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*", "cdn.example.com", "ftp://h", "http://h/path", "http://", "http://a b"})
  void whatNamesNoServerIsAMistake(String text) {
    assertThrows(IllegalArgumentException.class, () -> Origins.parse(text));
  }
}
