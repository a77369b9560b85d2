/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.fit.Fitting;
import dev.sagui.server.work.Fits;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What fits found: variants by bytes, time and quality, the choices and why. */
@Path("/fits")
@Singleton
public final class FitPageResource {
  private final Fits fits;

  FitPageResource(Fits fits) {
    this.fits = fits;
  }

  @GET
  @Path("{id}")
  @Blocking
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response page(@PathParam("id") String id) {
    return Html.of(200, fits.findPage(id).orElseThrow(NotFoundException::new));
  }

  /** Every browser takes gzip. */
  @GET
  @Path("echarts.js")
  @Blocking
  @Produces("text/javascript")
  @Operation(hidden = true)
  public Response plots() {
    return Response.ok(PlotLibrary.gzip())
        .header("Content-Encoding", "gzip")
        .header("Cache-Control", "private, max-age=86400, immutable")
        .build();
  }

  @GET
  @Path("style.css")
  @Produces("text/css")
  @Operation(hidden = true)
  public String style() {
    return Fitting.style();
  }
}
