/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.IOException;

/** The rows of an array in C order, one after the other. */
interface RowReader extends AutoCloseable {
  /** The next row's elements as the file has them, valid until the next call. */
  byte[] next() throws IOException;

  @Override
  void close() throws IOException;
}
