/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** JSON in and out. */
final class Body {
  private static final int MAX_BYTES = 1 << 20;

  private Body() {}

  /**
   * @throws RejectedException NOT_JSON, MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  static Fields read(InputStream in) throws IOException {
    byte[] body = in.readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      throw new RejectedException(
          FailureCode.PAYLOAD_TOO_LARGE, "a body of at most %d bytes is read".formatted(MAX_BYTES));
    }
    return Fields.parse(body);
  }

  /**
   * The object as text without what JSON allows and YAML does not.
   *
   * @throws RejectedException as {@link #read}
   */
  static String text(InputStream in) throws IOException {
    return new String(Json.write(read(in).values()), StandardCharsets.UTF_8);
  }

  static Response ok(Object value) {
    return of(200, value).build();
  }

  static Response.ResponseBuilder of(int status, Object value) {
    return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(Json.write(value));
  }
}
