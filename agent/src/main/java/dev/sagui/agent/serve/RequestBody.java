/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.sun.net.httpserver.HttpExchange;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads a request's body, up to a share of the heap. */
final class RequestBody {
  /** An eighth of the heap: four threads read bodies, and JSON becomes a tensor beside its body. */
  private static final int MAX_BODY_BYTES =
      (int) Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 8);

  /** How much of a body that is too large is read for the sake of the answer. */
  private static final long DISCARDED_BYTES = 256L << 20;

  private RequestBody() {}

  /**
   * All of it.
   *
   * @throws RejectedException PAYLOAD_TOO_LARGE
   */
  static byte[] read(HttpExchange exchange) throws IOException {
    try (InputStream in = exchange.getRequestBody()) {
      String declared = exchange.getRequestHeaders().getFirst("Content-Length");
      if (declared != null && Long.parseLong(declared) > MAX_BODY_BYTES) {
        throw tooLarge(in, declared);
      }
      if (declared != null) {
        byte[] whole = new byte[Integer.parseInt(declared)];
        int read = in.readNBytes(whole, 0, whole.length);
        return read == whole.length ? whole : Arrays.copyOf(whole, read);
      }
      byte[] body = in.readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        throw tooLarge(in, "more");
      }
      return body;
    }
  }

  /** Reads on, for a client that still sends does not see its answer. */
  private static RejectedException tooLarge(InputStream in, String size) throws IOException {
    byte[] sink = new byte[16 * 1024];
    long left = DISCARDED_BYTES;
    for (int count = 0; count >= 0 && left > 0; left -= count) {
      count = in.read(sink);
    }
    return new RejectedException(
        FailureCode.PAYLOAD_TOO_LARGE,
        ("a request may have %d bytes, an eighth of this agent's heap, and this one has %s; send"
                + " binary tensors, which are a third of JSON, or give the agent a larger -Xmx")
            .formatted(MAX_BODY_BYTES, size));
  }
}
