/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What requests and answers about training look like; see {@link Shapes}. */
final class TrainingShapes {
  private TrainingShapes() {}

  @Schema(description = "Samples that recipes name.")
  record DataSet(String name, long bytes, long files, Instant created) {}

  record DataSets(List<DataSet> items, @Schema(description = Page.NEXT) Optional<String> next) {}
}
