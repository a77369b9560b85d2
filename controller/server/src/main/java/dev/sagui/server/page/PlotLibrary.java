/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

/** Apache ECharts as its web jar has it, compressed when first asked for: a third of its size. */
final class PlotLibrary {
  private static final String FILE =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.common.min.js";

  private PlotLibrary() {}

  private static final class Once {
    private static final byte[] GZIP = compressed();
  }

  static byte[] gzip() {
    return Once.GZIP.clone();
  }

  private static byte[] compressed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream in =
            Objects.requireNonNull(PlotLibrary.class.getResourceAsStream(FILE), FILE);
        GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      in.transferTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
