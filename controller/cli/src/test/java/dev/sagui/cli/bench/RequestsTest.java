/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RequestsTest {
  private static final Requests REQUESTS = new Requests("m", "x", 1, 3, 4);

  @Test
  void asksBothSidesForTheSameValues() {
    Fields tensor = json(REQUESTS.agentJson()).objects("inputs", each -> each).get(0);
    assertEquals("x", tensor.string("name"));
    Object nested = ((Map<?, ?>) Json.parse(bodyOf(REQUESTS.peerJson("/predict")))).get("input");
    List<Object> rows = list(list(nested).get(0));
    assertEquals(3, rows.size());
    List<Object> flat = new ArrayList<>();
    rows.forEach(row -> flat.addAll(list(row)));
    Object data = ((Map<?, ?>) list(document(REQUESTS.agentJson(), "inputs")).get(0)).get("data");
    assertEquals(flat, data);
  }

  @Test
  void sendsTheSameValuesAsBinaryTensors() {
    byte[] body = bodyOf(REQUESTS.agentBinary());
    ByteBuffer values = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    Object data = ((Map<?, ?>) list(document(REQUESTS.agentJson(), "inputs")).get(0)).get("data");
    double last = values.getFloat(body.length - Float.BYTES);
    assertEquals(((Number) list(data).get(11)).doubleValue(), last, 1e-6);
  }

  @Test
  void declaresTheLengthOfItsBody() {
    String text = new String(REQUESTS.agentJson(), StandardCharsets.UTF_8);
    assertTrue(text.contains("Content-Length: " + bodyOf(REQUESTS.agentJson()).length + "\r\n"));
    assertTrue(text.startsWith("POST /v2/models/m/infer HTTP/1.1\r\n"));
  }

  private static Object document(byte[] request, String key) {
    Object value = ((Map<?, ?>) Json.parse(bodyOf(request))).get(key);
    return value == null ? List.of() : value;
  }

  private static Fields json(byte[] request) {
    return Fields.parse(bodyOf(request));
  }

  private static byte[] bodyOf(byte[] request) {
    String text = new String(request, StandardCharsets.ISO_8859_1);
    return text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }
}
