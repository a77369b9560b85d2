/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;

/** Arrays by name, each a stream in NumPy's .npy format. */
interface NamedArrays extends AutoCloseable {
  /** Where they are, for messages. */
  Path path();

  /** Without the ending {@code .npy}. */
  Set<String> names();

  /** The array's bytes from the first one of its header on; the caller closes. */
  InputStream open(String name) throws IOException;

  /** Bytes of the array with its header, where known without reading it. */
  OptionalLong bytes(String name) throws IOException;

  @Override
  void close();
}
