/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The same input as each server wants it: seeded values with six decimals.
 *
 * @param model name under which the agent serves the model
 * @param input name of the model's only input
 * @param shape of one request
 */
record Requests(String model, String input, int... shape) {
  private static final String JSON = "Content-Type: application/json\r\n";

  /** Open Inference Protocol v2, JSON tensors both ways. */
  byte[] agentJson() {
    String body =
        "{\"inputs\":[{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"FP32\",\"data\":[%s]}]}"
            .formatted(input, Arrays.toString(shape), flat(values(), 0, size()));
    return HttpConnection.post(path(), JSON, utf8(body));
  }

  /** Open Inference Protocol v2, binary tensors both ways. */
  byte[] agentBinary() {
    byte[] head =
        utf8(
            ("{\"inputs\":[{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"FP32\","
                    + "\"parameters\":{\"binary_data_size\":%d}}],"
                    + "\"parameters\":{\"binary_data_output\":true}}")
                .formatted(input, Arrays.toString(shape), size() * Float.BYTES));
    ByteBuffer body =
        ByteBuffer.allocate(head.length + size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    body.put(head);
    for (float value : values()) {
      body.putFloat(value);
    }
    String headers =
        "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: %d\r\n"
            .formatted(head.length);
    return HttpConnection.post(path(), headers, body.array());
  }

  /** The peer's route: nested lists. */
  byte[] peerJson(String route) {
    return HttpConnection.post(
        route, JSON, utf8("{\"input\":" + nested(values(), shape, 0, 0, size()) + "}"));
  }

  private String path() {
    return "/v2/models/" + model + "/infer";
  }

  private static String nested(float[] values, int[] shape, int level, int from, int to) {
    if (level == shape.length - 1) {
      return "[" + flat(values, from, to) + "]";
    }
    int step = (to - from) / shape[level];
    return IntStream.range(0, shape[level])
        .mapToObj(i -> nested(values, shape, level + 1, from + i * step, from + (i + 1) * step))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String flat(float[] values, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> String.format(Locale.ROOT, "%.6f", values[i]))
        .collect(Collectors.joining(","));
  }

  private int size() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private float[] values() {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round((random.nextDouble() * 2 - 1) * 1e6) / 1e6f;
    }
    return values;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
