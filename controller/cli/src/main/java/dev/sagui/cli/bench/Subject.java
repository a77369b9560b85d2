/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Path;

/**
 * A model that both sides serve.
 *
 * @param title as the table names it
 * @param requests what is asked of it
 * @param warm requests of the load in which only memory matters, sent to both sides at once
 * @param timed requests of the load that is timed, sent in turns
 * @param rssLimit wanted ratio of resident memory
 */
record Subject(String title, Path onnx, Requests requests, int warm, int timed, double rssLimit) {
  static final int STARTS = 7;

  String model() {
    return requests.model();
  }

  int inferences() {
    return warm + timed;
  }
}
