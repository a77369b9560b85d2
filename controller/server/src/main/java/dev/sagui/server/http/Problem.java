/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.json.Json;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Problem details for HTTP APIs (RFC 9457). */
final class Problem {
  static final String TYPE = "application/problem+json";

  private Problem() {}

  static int status(FailureCode code) {
    return switch (code) {
      case NOT_FOUND, UNKNOWN_PROFILE -> 404;
      case DUPLICATE_NAME, IN_USE -> 409;
      case DISK_FULL -> 507;
      case PAYLOAD_TOO_LARGE -> 413;
      case NOT_JSON, BAD_REQUEST, MALFORMED_PAYLOAD, BAD_TENSOR -> 400;
      case NOT_ONNX,
          TRUNCATED_MODEL,
          EMPTY_FILE,
          MISSING_EXTERNAL_DATA,
          EXTERNAL_DATA_ESCAPES,
          DECLARED_SIZE_TOO_LARGE,
          UNKNOWN_OP_DOMAIN,
          NO_INPUTS,
          UNSUPPORTED_MODEL,
          BUDGET_NOT_MET,
          WRONG_PROFILE,
          WRONG_DEVICE,
          OVER_FLASH_BUDGET,
          OVER_STORE_QUOTA,
          OVER_RAM_BUDGET,
          OVER_BYTE_BUDGET,
          MODEL_DOES_NOT_LOAD,
          GOLDEN_MISMATCH,
          TOO_SLOW,
          MODEL_CRASHED,
          INFERENCE_FAILED,
          UPDATE_LOOP,
          DIVERGED ->
          422;
      case UNREACHABLE, OUTSIDE_WINDOW -> 503;
      case BAD_CONFIG,
          PORT_IN_USE,
          STATE_FOLDER_IN_USE,
          CHUNK_DIGEST_MISMATCH,
          CHUNK_INDEX_OUT_OF_RANGE,
          CHUNK_TOO_LONG,
          ARTIFACT_DIGEST_MISMATCH,
          SIGNATURE_INVALID,
          CERTIFICATE_EXPIRES,
          SEQUENCE_TOO_OLD,
          DUPLICATE_DEVICE_ID,
          DEVICE_KEY_CHANGED,
          ATTESTATION_FALSE ->
          500;
    };
  }

  static Response of(int status, FailureCode code, String detail) {
    return of(status, code.name(), title(status), detail);
  }

  private static String title(int status) {
    return switch (status) {
      case 422 -> "Unprocessable Content";
      case 507 -> "Insufficient Storage";
      default ->
          Optional.ofNullable(Response.Status.fromStatusCode(status))
              .map(Response.Status::getReasonPhrase)
              .orElse("Error");
    };
  }

  static Response of(int status, String code, String title, String detail) {
    return Response.status(status)
        .type(MediaType.valueOf(TYPE))
        .entity(json(status, code, title, detail))
        .build();
  }

  static byte[] json(int status, String code, String title, String detail) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", "https://sagui.dev/problems/" + code.toLowerCase(java.util.Locale.ROOT));
    map.put("title", title);
    map.put("status", status);
    map.put("detail", detail);
    map.put("code", code);
    return Json.write(map);
  }
}
