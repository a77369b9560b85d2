/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.json.Json;
import dev.sagui.onnx.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The files that tell of a compression. */
final class ReportFiles {
  private static final String JSON = "report.json";
  private static final String PAGE = "report.html";

  /** Beside the report where steps decided much. */
  static final String CHOICES = "choices.json";

  /** All that a compression's folder may hold. */
  static final Set<String> FOLDER =
      Set.of(ModelWriter.MODEL_FILE, ModelWriter.DATA_FILE, JSON, PAGE, CHOICES);

  /** So many decisions stand in the report itself. */
  private static final int MOST_CHOICES = 500;

  private ReportFiles() {}

  /**
   * @param outputs of both models as HTML, empty where there is nothing to show
   */
  static void write(CompressionReport report, String outputs, Path folder) throws IOException {
    if (apart(report.steps())) {
      List<Object> choices = report.steps().stream().map(step -> (Object) step.choices()).toList();
      Files.write(folder.resolve(CHOICES), Json.pretty(Map.of("steps", choices)));
    }
    Files.write(folder.resolve(JSON), Json.pretty(report.json()));
    Files.write(folder.resolve(PAGE), ReportPage.of(report, outputs));
  }

  /** Whether the steps' decisions stand in a file of their own. */
  static boolean apart(List<StepRecord> steps) {
    return steps.stream().mapToInt(step -> Choices.count(step.choices())).sum() > MOST_CHOICES;
  }
}
