/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://h/blobs",
        "ftp://h/{digest}",
        "file:///{digest}",
        "http:///{digest}",
        "{digest}",
        "http://{digest}.h/{digest}",
        "http://h:{digest}/{digest}",
        "http://h\\\\@other/{digest}",
        "http://h#@other/{digest}",
        "http://h:70000/{digest}",
        "http://h/%zz/{digest}",
        "http://h/{digest}\r\nHost: other",
        "http://h/{digest} x"
      })
  void anAddressThatOthersMayReadDifferentlyIsNone(String template) {
    assertThrows(IllegalArgumentException.class, () -> new BlobAddress(template));
  }

  @ParameterizedTest
  @CsvSource({
    "https://CDN.example/b/{digest}?X-Sig=1, https://cdn.example:443",
    "http://10.0.0.7/{digest}, http://10.0.0.7:80",
    "http://10.0.0.7:8100/chunks/{digest}, http://10.0.0.7:8100",
    "HTTP://[fe80::1]:80/{digest}, http://[fe80::1]:80"
  })
  void aServerIsToldInOneWayAndWithoutWhatItIsSignedWith(String template, String server) {
    assertEquals(server, new BlobAddress(template).server());
  }

  @Test
  void noMistakeTellsAPassword() {
    IllegalArgumentException mistake =
        assertThrows(
            IllegalArgumentException.class, () -> new BlobAddress("http://me:secret@h/{digest}"));
    assertFalse(String.valueOf(mistake.getMessage()).contains("secret"));
  }

  @Test
  void theDigestMayStandAnywhereBehindTheHost() {
    Digest any = Digest.of(new byte[] {1});
    assertEquals(
        "https://s3.example/b/" + any + "?X-Sig=1&k=" + any,
        new BlobAddress("https://s3.example/b/{digest}?X-Sig=1&k={digest}")
            .find(any)
            .orElseThrow());
  }

  @Test
  void termsHaveRoomForAFewAddresses() {
    BlobAddress one = new BlobAddress("http://h/{digest}");
    BlobAddress longer = new BlobAddress("http://h/{digest}?" + "x".repeat(4_000));
    List<BlobAddress> many = Collections.nCopies(FetchTerms.MAX_FROM + 1, one);
    for (List<BlobAddress> from : List.of(many, List.of(longer))) {
      assertThrows(
          IllegalArgumentException.class, () -> new FetchTerms(OptionalLong.empty(), from));
    }
  }

  @Test
  void aTableKnowsTheAddressesOfOneServer() {
    Digest one = Digest.of(new byte[] {1});
    Digest two = Digest.of(new byte[] {2});
    String first = "https://s3.example/bucket/a?X-Amz-Signature=1";
    BlobTable table =
        new BlobTable(Map.of(one, first, two, "https://S3.example:443/bucket/b?X-Amz-Signature=2"));
    assertEquals("https://s3.example:443", table.server());
    assertEquals(Optional.of(first), table.find(one));
    assertEquals(Optional.empty(), table.find(Digest.of(new byte[] {3})));
    FetchTerms terms =
        new FetchTerms(
            OptionalLong.empty(), Duration.ofSeconds(90), List.of(), List.of(table), List.of());
    assertEquals(terms, FetchTerms.parse(Fields.parse(Json.write(terms.json()))));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 604_801, Long.MAX_VALUE})
  void noTurnIsInThePastOrFurtherThanAWeek(long seconds) {
    assertThrows(
        IllegalArgumentException.class, () -> FetchTerms.NONE.after(Duration.ofSeconds(seconds)));
  }

  @Test
  void aTableOfNoneOrOfTwoServersOrTooLongIsRefused() {
    Digest one = Digest.of(new byte[] {1});
    Digest two = Digest.of(new byte[] {2});
    for (Map<Digest, String> wrong :
        List.of(
            Map.<Digest, String>of(),
            Map.of(one, "https://a/1", two, "https://b/1"),
            Map.of(one, "ftp://a/1"),
            Map.of(one, "https://me:secret@a/1"))) {
      assertThrows(IllegalArgumentException.class, () -> new BlobTable(wrong));
    }
    BlobTable longer = new BlobTable(Map.of(one, "https://a/" + "x".repeat(16_000)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new FetchTerms(
                OptionalLong.empty(), Duration.ZERO, List.of(), List.of(longer), List.of()));
  }
}
