/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cli.ProgressLine;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.keys.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A recipe's file that a controller shall run. */
record SentRecipe(Path file) {
  private static final long POLL_MILLIS = 200;

  Map<String, Object> keys() throws IOException {
    try {
      return Keys.parse(Files.readString(file), "the recipe").map();
    } catch (NoSuchFileException e) {
      throw new RejectedException(
          FailureCode.NOT_FOUND, "cannot read '%s': no such file".formatted(file), e);
    }
  }

  /**
   * What it makes is named as the option says, else as the file without its ending.
   *
   * @param option by which another name is given
   */
  String name(@Nullable String given, String option) {
    if (given != null) {
      return given;
    }
    String plain = String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
    try {
      return new ArtifactName(plain).value();
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "give %s: the recipe's %s".formatted(option, e.getMessage()), e);
    }
  }

  /**
   * Sends it and shows its progress until it is done.
   *
   * @param path where runs of its kind are started
   * @param runs where one is looked at, by its id
   * @throws RejectedException with the run's problem when it failed
   */
  Fields done(FleetOptions options, String path, String runs)
      throws IOException, InterruptedException {
    ControllerClient client = options.client();
    Fields run = client.post(path, keys());
    options.output().remark("started " + run.string("id"));
    try (ProgressLine progress = options.output().progress()) {
      while (run.string("state").equals("running")) {
        Thread.sleep(POLL_MILLIS);
        run = client.get(runs + run.string("id"));
        progress.at(run.string("doing"), run.number("progress"));
      }
    }
    if (run.string("state").equals("failed")) {
      Fields why = run.object("problem");
      throw new RejectedException(why.typed("code", FailureCode::valueOf), why.string("detail"));
    }
    return run;
  }
}
