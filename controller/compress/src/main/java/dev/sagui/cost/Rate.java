/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cost;

import dev.sagui.device.Speeds;

/** What takes time; milliseconds for each unit of it. */
enum Rate {
  /** 10⁹ operations. */
  FLOPS(" flops"),
  /** 10⁹ bytes. */
  BYTES(" bytes"),
  /** One operator, however small. */
  CALL(" call"),
  /** One run, however few operators. */
  RUN(" run");

  /** Floating point operations that a call of an operator takes the time of. */
  private static final double CALL_FLOPS = 5e4;

  private static final double RUN_FLOPS = 10 * CALL_FLOPS;

  private final String suffix;

  Rate(String suffix) {
    this.suffix = suffix;
  }

  String suffix() {
    return suffix;
  }

  static Rate of(String name) {
    for (Rate rate : values()) {
      if ((" " + name).endsWith(rate.suffix)) {
        return rate;
      }
    }
    throw new IllegalStateException("no rate is named '%s'; this is a bug".formatted(name));
  }

  /** By a device's speeds alone. */
  static double guess(String name, Speeds speeds) {
    return switch (of(name)) {
      case FLOPS -> 1e3 / (name.contains(Kernels.INT8) ? speeds.int8Gops() : speeds.fp32Gflops());
      case BYTES -> 1e3 / speeds.memoryGbs();
      case CALL -> CALL_FLOPS / 1e6 / speeds.fp32Gflops();
      case RUN -> speeds.callMillis().orElse(RUN_FLOPS / 1e6 / speeds.fp32Gflops());
    };
  }
}
