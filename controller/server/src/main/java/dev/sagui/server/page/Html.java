/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** HTML as an answer: nothing from elsewhere, framed by nobody, kept nowhere. */
final class Html {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " media-src data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private Html() {}

  static Response of(int status, String html) {
    return Response.status(status)
        .type(MediaType.TEXT_HTML_TYPE)
        .entity(html)
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "same-origin")
        .header("Cache-Control", "no-store")
        .build();
  }
}
