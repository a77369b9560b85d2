/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * An answer of the Open Inference Protocol v2.
 *
 * @param json the JSON, the whole body unless {@code binary} has tensors
 * @param binary tensors whose bytes follow the JSON
 */
record InferResponse(ByteArrayOutputStream json, List<Tensor> binary) {
  private static final int HEAD_BYTES = 512;
  private static final int JSON_BYTES_PER_BYTE = 3; // a float is mostly "0.12345678,"

  static InferResponse of(ServedModel model, InferRequest request, List<Tensor> outputs)
      throws IOException {
    List<Tensor> wanted = wanted(request, outputs);
    ByteArrayOutputStream out = new ByteArrayOutputStream(likelyBytes(request, wanted));
    try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("model_name", model.model().value());
      json.writeStringField("model_version", model.variant().value());
      if (request.id().isPresent()) {
        json.writeStringField("id", request.id().get());
      }
      json.writeArrayFieldStart("outputs");
      for (Tensor output : wanted) {
        write(json, output, isBinary(request, output));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    List<Tensor> binary = wanted.stream().filter(output -> isBinary(request, output)).toList();
    return new InferResponse(out, binary);
  }

  private static int likelyBytes(InferRequest request, List<Tensor> wanted) {
    int bytes = HEAD_BYTES;
    for (Tensor output : wanted) {
      if (!isBinary(request, output)) {
        bytes += JSON_BYTES_PER_BYTE * output.data().remaining();
      }
    }
    return bytes;
  }

  private static List<Tensor> wanted(InferRequest request, List<Tensor> outputs) {
    if (request.wanted().isEmpty()) {
      return outputs;
    }
    return request.wanted().stream().map(output -> named(output.name(), outputs)).toList();
  }

  private static Tensor named(String name, List<Tensor> outputs) {
    return outputs.stream()
        .filter(output -> output.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "the model has outputs %s, asked was for '%s'"
                        .formatted(outputs.stream().map(Tensor::name).toList(), name)));
  }

  private static boolean isBinary(InferRequest request, Tensor output) {
    Optional<Boolean> own =
        request.wanted().stream()
            .filter(wanted -> wanted.name().equals(output.name()))
            .findFirst()
            .flatMap(InferRequest.Output::binary);
    return own.orElse(request.binary());
  }

  private static void write(JsonGenerator json, Tensor output, boolean binary) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", output.name());
    json.writeStringField("datatype", output.type().name());
    json.writeArrayFieldStart("shape");
    for (long dimension : output.shape()) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
    if (binary) {
      json.writeObjectFieldStart("parameters");
      json.writeNumberField("binary_data_size", output.data().remaining());
      json.writeEndObject();
    } else {
      json.writeFieldName("data");
      Numbers.write(json, output);
    }
    json.writeEndObject();
  }

  /** Bytes of the whole body. */
  long length() {
    return json.size() + binary.stream().mapToLong(tensor -> tensor.data().remaining()).sum();
  }

  /** The whole body in one write. */
  void writeTo(OutputStream out) throws IOException {
    if (binary.isEmpty()) {
      json.writeTo(out);
      return;
    }
    ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(length())).put(json.toByteArray());
    binary.forEach(tensor -> whole.put(tensor.data()));
    out.write(whole.array());
  }
}
