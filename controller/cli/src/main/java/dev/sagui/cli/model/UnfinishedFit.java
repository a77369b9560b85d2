/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.OutputOptions;
import dev.sagui.fit.Search;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Says what a fit goes on from, and, when the process ends before it is done, that it can. */
final class UnfinishedFit implements AutoCloseable {
  private final Path out;
  private final OutputOptions output;
  private final Thread hook = new Thread(this::tell, "sagui-unfinished");

  UnfinishedFit(Path out, OutputOptions output) {
    this.out = out;
    this.output = output;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void tellWhatIsLeft() throws IOException {
    List<String> left = Search.left(out);
    if (!left.isEmpty()) {
      output.remark(
          "resumes: a fit that was stopped left %s in %s; what this one wants is not made again"
              .formatted(String.join(", ", left), Search.workFolder(out)));
    }
  }

  private void tell() {
    try {
      List<String> left = Search.left(out);
      if (!left.isEmpty()) {
        output.remark(
            "stopped with %s made; the same command goes on from there, or delete %s"
                .formatted(String.join(", ", left), Search.workFolder(out)));
      }
    } catch (IOException e) {
      // nothing can be said of what cannot be read
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends already
    }
  }
}
