/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every failure as a problem. */
public final class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  @ServerExceptionMapper
  public Response rejected(RejectedException e) {
    return Problem.of(Problem.status(e.code()), e.code(), String.valueOf(e.getMessage()));
  }

  @ServerExceptionMapper
  public Response http(WebApplicationException e, @Context UriInfo uri) {
    int status = e.getResponse().getStatus();
    if (status < 400) {
      return e.getResponse();
    }
    String path = uri.getPath();
    return switch (status) {
      case 404 -> Problem.of(404, FailureCode.NOT_FOUND, "nothing is at '%s'".formatted(path));
      case 405 ->
          Problem.of(
              405, FailureCode.BAD_REQUEST, "'%s' does not take this method".formatted(path));
      case 415 ->
          Problem.of(
              415, FailureCode.BAD_REQUEST, "'%s' does not take this Content-Type".formatted(path));
      default -> Problem.of(status, FailureCode.BAD_REQUEST, String.valueOf(e.getMessage()));
    };
  }

  @ServerExceptionMapper
  public Response bug(RuntimeException e, @Context UriInfo uri) {
    LOG.errorf(e, "path=%s", uri.getPath());
    return Problem.of(
        500, "INTERNAL", "Internal Server Error", "the controller failed; its log says why");
  }
}
