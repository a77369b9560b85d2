/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import java.util.stream.Stream;

/** The last levels of a device's topics: what is said there, by whom, and its byte limit. */
public enum Channel {
  // spotless:off
  /** Device: birth and last will, retained. */
  STATE("state", 16 * 1024),
  /** Controller: the signed desired state, retained. */
  DESIRED("desired", 64 * 1024),
  /** Device: what it serves and does; acknowledged on CMD. */
  REPORTED("reported", 64 * 1024),
  /** Controller: acknowledgements, signed bench jobs. */
  CMD("cmd", 4 * 1024),
  /** Device: which chunks it wants. */
  CHUNK_REQUEST("chunk/req", 32 * 1024),
  /** Controller: one chunk. */
  CHUNK_RESPONSE("chunk/res", 122 * 1024),
  /** Device: latency sketches; acknowledged on CMD. */
  METRICS("metrics", 64 * 1024),
  /** Device: something that an operator should read. */
  EVENT("event", 4 * 1024),
  /** Device: what came of a bench job, signed; acknowledged on CMD. */
  BENCH("bench", 8 * 1024);

  // spotless:on

  /** Largest MQTT packet that either side takes: a payload, its topic and properties. */
  public static final long MAX_PACKET_BYTES =
      4L * 1024 + Stream.of(values()).mapToInt(Channel::maxBytes).max().orElseThrow();

  private final String suffix;
  private final int maxBytes;

  Channel(String suffix, int maxBytes) {
    this.suffix = suffix;
    this.maxBytes = maxBytes;
  }

  String suffix() {
    return suffix;
  }

  /** Largest payload that is written or read on this channel. */
  public int maxBytes() {
    return maxBytes;
  }
}
