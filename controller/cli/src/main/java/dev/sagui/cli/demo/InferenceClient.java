/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A client of the Open Inference Protocol v2 with binary tensors, one request at a time. */
final class InferenceClient {
  private static final String HEADER_LENGTH = "Inference-Header-Content-Length";
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI server;

  InferenceClient(URI server) {
    this.server = server;
  }

  /** Whether the server says that it can answer for {@code model} now. */
  boolean ready(String model) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/v2/models/" + model + "/ready"))
            .timeout(Duration.ofSeconds(2))
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
  }

  /** The first output of {@code model} for one input. */
  Tensor infer(String model, Tensor input) throws IOException, InterruptedException {
    byte[] header = header(input);
    ByteBuffer body = ByteBuffer.allocate(header.length + input.data().remaining());
    body.put(header).put(input.data());
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/v2/models/" + model + "/infer"))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/octet-stream")
            .header(HEADER_LENGTH, Integer.toString(header.length))
            .POST(BodyPublishers.ofByteArray(body.array()))
            .build();
    return output(http.send(request, BodyHandlers.ofByteArray()));
  }

  private static byte[] header(Tensor input) {
    return Json.write(
        Map.of(
            "inputs",
            List.of(
                Map.of(
                    "name", input.name(),
                    "datatype", input.type().name(),
                    "shape", input.shape(),
                    "parameters", Map.of("binary_data_size", input.data().remaining()))),
            "parameters",
            Map.of("binary_data_output", true)));
  }

  private static Tensor output(HttpResponse<byte[]> response) {
    byte[] body = response.body();
    if (response.statusCode() != 200) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "inference answered %d: %s"
              .formatted(response.statusCode(), new String(body, StandardCharsets.UTF_8)));
    }
    int header = (int) response.headers().firstValueAsLong(HEADER_LENGTH).orElse(body.length);
    Fields json = Fields.parse(Arrays.copyOf(body, header));
    Fields first = json.objects("outputs", output -> output).get(0);
    int length = (int) first.object("parameters").integer("binary_data_size");
    return new Tensor(
        first.string("name"),
        DataType.ofProtocol(first.string("datatype")),
        Arrays.stream(first.integers("shape")).boxed().toList(),
        ByteBuffer.wrap(body, header, length));
  }
}
