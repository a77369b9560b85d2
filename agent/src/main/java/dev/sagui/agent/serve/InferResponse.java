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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * An answer of the Open Inference Protocol v2.
 *
 * @param json the JSON, the whole body unless {@code binary} has tensors
 * @param binary tensors whose bytes follow the JSON
 */
record InferResponse(byte[] json, List<Tensor> binary) {

  static InferResponse of(ServedModel model, InferRequest request, List<Tensor> outputs)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    List<Tensor> wanted = wanted(request, outputs);
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
    return new InferResponse(out.toByteArray(), binary);
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
    return json.length + binary.stream().mapToLong(tensor -> tensor.data().remaining()).sum();
  }

  /** The whole body, so that it leaves in one write. */
  byte[] body() {
    if (binary.isEmpty()) {
      return json;
    }
    ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(length())).put(json);
    binary.forEach(tensor -> whole.put(tensor.data()));
    return whole.array();
  }
}
