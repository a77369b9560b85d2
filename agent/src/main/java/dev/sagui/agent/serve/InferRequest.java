/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request of the Open Inference Protocol v2, JSON or with the binary tensor extension; read as a
 * stream, numbers straight into their tensor's bytes.
 *
 * @param wanted names of the outputs asked for; empty means all
 * @param binary whether outputs go back as bytes unless an output says otherwise
 */
record InferRequest(Optional<String> id, List<Tensor> inputs, List<Output> wanted, boolean binary) {
  /** An output asked for, and whether as bytes. */
  record Output(String name, Optional<Boolean> binary) {}

  /**
   * @param headerBytes length of the JSON at the start of the body; the rest is binary tensors
   * @throws RejectedException BAD_REQUEST or BAD_TENSOR
   */
  static InferRequest parse(byte[] body, int headerBytes) {
    if (headerBytes < 2 || headerBytes > body.length) {
      throw bad("the JSON header cannot have %d bytes of %d".formatted(headerBytes, body.length));
    }
    try (JsonParser parser = Json.FACTORY.createParser(body, 0, headerBytes)) {
      return new Reader(parser, body, headerBytes).request();
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw bad("expected JSON, " + message.lines().findFirst().orElse(""));
    }
  }

  private static RejectedException bad(String message) {
    return new RejectedException(FailureCode.BAD_REQUEST, "inference request: " + message);
  }

  /** One pass over the body. */
  private static final class Reader {
    private final JsonParser parser;
    private final byte[] body;
    private int binaryAt;
    private Optional<String> id = Optional.empty();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Output> wanted = new ArrayList<>();
    private boolean binary;

    Reader(JsonParser parser, byte[] body, int headerBytes) {
      this.parser = parser;
      this.body = body;
      this.binaryAt = headerBytes;
    }

    InferRequest request() throws IOException {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "the request");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case "id" -> id = Optional.of(parser.getText());
          case "inputs" -> array(value, "'inputs'", this::input);
          case "outputs" -> array(value, "'outputs'", this::output);
          case "parameters" -> parameters(value);
          default -> parser.skipChildren();
        }
      }
      if (binaryAt != body.length) {
        throw bad("%d bytes follow the last tensor".formatted(body.length - binaryAt));
      }
      return new InferRequest(id, inputs, wanted, binary);
    }

    private interface Element {
      void read() throws IOException;
    }

    private void array(JsonToken value, String what, Element each) throws IOException {
      expect(value, JsonToken.START_ARRAY, what);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        expect(parser.currentToken(), JsonToken.START_OBJECT, "each of " + what);
        each.read();
      }
    }

    private void parameters(JsonToken value) throws IOException {
      expect(value, JsonToken.START_OBJECT, "'parameters'");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals("binary_data_output")) {
          binary = parser.getBooleanValue();
        } else {
          parser.skipChildren();
        }
      }
    }

    private void output() throws IOException {
      String name = "";
      Optional<Boolean> asBytes = Optional.empty();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("name")) {
          name = parser.getText();
        } else if (key.equals("parameters") && value == JsonToken.START_OBJECT) {
          asBytes = binaryData();
        } else {
          parser.skipChildren();
        }
      }
      wanted.add(new Output(name, asBytes));
    }

    private Optional<Boolean> binaryData() throws IOException {
      Optional<Boolean> found = Optional.empty();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals("binary_data")) {
          found = Optional.of(parser.getBooleanValue());
        } else {
          parser.skipChildren();
        }
      }
      return found;
    }

    private void input() throws IOException {
      String name = "";
      List<Long> shape = List.of();
      @Nullable DataType type = null;
      long binarySize = -1;
      int dataFrom = -1;
      @Nullable ByteBuffer data = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case "name" -> name = parser.getText();
          case "datatype" -> type = DataType.ofProtocol(parser.getText());
          case "shape" -> shape = shape(value);
          case "parameters" -> binarySize = binarySize(value);
          case "data" -> {
            if (type != null) {
              data = Numbers.read(parser, type, elements(shape), body.length);
            } else { // its type comes later: read it then
              dataFrom = (int) parser.currentTokenLocation().getByteOffset();
              parser.skipChildren();
            }
          }
          default -> parser.skipChildren();
        }
      }
      if (type == null) {
        throw bad("input '%s' has no 'datatype'".formatted(name));
      }
      inputs.add(new Tensor(name, type, shape, bytes(name, type, data, dataFrom, binarySize)));
    }

    private ByteBuffer bytes(
        String name, DataType type, @Nullable ByteBuffer data, int dataFrom, long binarySize)
        throws IOException {
      if (data != null) {
        return data;
      }
      if (dataFrom >= 0) {
        try (JsonParser again = Json.FACTORY.createParser(body, dataFrom, body.length - dataFrom)) {
          again.nextToken();
          return Numbers.read(again, type, 0, body.length);
        }
      }
      if (binarySize < 0 || binarySize > body.length - binaryAt) {
        throw bad(
            "input '%s' has no 'data', and its 'binary_data_size' is %d with %d bytes left"
                .formatted(name, binarySize, body.length - binaryAt));
      }
      ByteBuffer slice = ByteBuffer.wrap(body, binaryAt, (int) binarySize);
      binaryAt += (int) binarySize;
      return slice;
    }

    /** A hint, which may be nonsense: the tensor checks it against its data. */
    private static long elements(List<Long> shape) {
      return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    private List<Long> shape(JsonToken value) throws IOException {
      expect(value, JsonToken.START_ARRAY, "'shape'");
      List<Long> shape = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        shape.add(parser.getLongValue());
      }
      return shape;
    }

    private long binarySize(JsonToken value) throws IOException {
      expect(value, JsonToken.START_OBJECT, "'parameters'");
      long size = -1;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals("binary_data_size")) {
          size = parser.getLongValue();
        } else {
          parser.skipChildren();
        }
      }
      return size;
    }

    private static void expect(@Nullable JsonToken found, JsonToken wanted, String what) {
      if (found != wanted) {
        throw bad("%s must be %s, found %s".formatted(what, wanted, found));
      }
    }
  }
}
