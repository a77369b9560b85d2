/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.failure;

/** Named reason of a rejection; the names are part of the wire format and of the REST problems. */
public enum FailureCode {
  // spotless:off
  NOT_JSON                 (FailureKind.INPUT),
  NOT_ONNX                 (FailureKind.INPUT),
  TRUNCATED_MODEL          (FailureKind.INPUT),
  EMPTY_FILE               (FailureKind.INPUT),
  MISSING_EXTERNAL_DATA    (FailureKind.INPUT),
  EXTERNAL_DATA_ESCAPES    (FailureKind.INPUT),
  DECLARED_SIZE_TOO_LARGE  (FailureKind.INPUT),
  UNKNOWN_OP_DOMAIN        (FailureKind.INPUT),
  NO_INPUTS                (FailureKind.INPUT),
  UNSUPPORTED_MODEL        (FailureKind.INPUT),
  BAD_TENSOR               (FailureKind.INPUT),
  BAD_REQUEST              (FailureKind.INPUT),
  NOT_FOUND                (FailureKind.INPUT),
  DUPLICATE_NAME           (FailureKind.INPUT),
  UNKNOWN_PROFILE          (FailureKind.INPUT),
  BUDGET_NOT_MET           (FailureKind.INPUT),
  BAD_CONFIG               (FailureKind.INPUT),
  PORT_IN_USE              (FailureKind.RESOURCE),
  STATE_FOLDER_IN_USE      (FailureKind.RESOURCE),
  IN_USE                   (FailureKind.RESOURCE),
  DISK_FULL                (FailureKind.RESOURCE),
  OVER_FLASH_BUDGET        (FailureKind.RESOURCE),
  OVER_STORE_QUOTA         (FailureKind.RESOURCE),
  OVER_RAM_BUDGET          (FailureKind.RESOURCE),
  OVER_BYTE_BUDGET         (FailureKind.RESOURCE),
  OUTSIDE_WINDOW           (FailureKind.RESOURCE),
  CHUNK_DIGEST_MISMATCH    (FailureKind.INTEGRITY),
  CHUNK_INDEX_OUT_OF_RANGE (FailureKind.INTEGRITY),
  CHUNK_TOO_LONG           (FailureKind.INTEGRITY),
  ARTIFACT_DIGEST_MISMATCH (FailureKind.INTEGRITY),
  MALFORMED_PAYLOAD        (FailureKind.INTEGRITY),
  PAYLOAD_TOO_LARGE        (FailureKind.INTEGRITY),
  SIGNATURE_INVALID        (FailureKind.TRUST),
  CERTIFICATE_EXPIRES      (FailureKind.TRUST),
  WRONG_DEVICE             (FailureKind.TRUST),
  WRONG_PROFILE            (FailureKind.TRUST),
  SEQUENCE_TOO_OLD         (FailureKind.TRUST),
  DUPLICATE_DEVICE_ID      (FailureKind.TRUST),
  DEVICE_KEY_CHANGED       (FailureKind.TRUST),
  ATTESTATION_FALSE        (FailureKind.TRUST),
  MODEL_DOES_NOT_LOAD      (FailureKind.MODEL),
  GOLDEN_MISMATCH          (FailureKind.MODEL),
  TOO_SLOW                 (FailureKind.MODEL),
  MODEL_CRASHED            (FailureKind.MODEL),
  INFERENCE_FAILED         (FailureKind.MODEL),
  UPDATE_LOOP              (FailureKind.MODEL),
  DIVERGED                 (FailureKind.MODEL),
  UNREACHABLE              (FailureKind.NETWORK);
  // spotless:on

  private final FailureKind kind;

  FailureCode(FailureKind kind) {
    this.kind = kind;
  }

  public FailureKind kind() {
    return kind;
  }
}
