/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.eclipse.paho.mqttv5.common.packet.util;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Counts the bytes read, as Paho's class of this name does, and reads blocks.
 *
 * <p>Stands before Paho's own on the class path: that one overrides {@code read()} alone, so that
 * payloads arrive byte by byte at a seventh of the speed.
 */
public class CountingInputStream extends FilterInputStream {
  private int counter;

  public CountingInputStream(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    if (next >= 0) {
      counter++;
    }
    return next;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = in.read(into, offset, length);
    if (count > 0) {
      counter += count;
    }
    return count;
  }

  /** Bytes read since the last reset. */
  public int getCounter() {
    return counter;
  }

  public void resetCounter() {
    counter = 0;
  }
}
