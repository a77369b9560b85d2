/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sagui inspect}: what a model is. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "What a model is: opset, operators, parameters and bytes by type, inputs, outputs,",
      "nested graphs, FLOPs and activation bytes of a run, and what each known device",
      "would run slowly."
    },
    footer = {"", "Example:", "  sagui inspect deploy/demo/models/fashion-vae-decoder.onnx"})
public final class InspectCommand implements Callable<Integer> {
  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(paramLabel = "MODEL", description = "An .onnx file, or a folder with one.")
  private Path model = Path.of("");

  @Option(names = "--nodes", description = "List the nodes too, with inferred types and shapes.")
  private boolean nodes;

  @Override
  public Integer call() throws IOException {
    Inspection inspection = Inspection.of(OnnxModel.open(model), nodes);
    if (!inspection.costGap().isEmpty()) {
      output.remark("FLOPs were not counted: " + inspection.costGap());
    }
    if (output.json()) {
      output.document(InspectionJson.of(inspection));
    } else {
      InspectionText.of(inspection).forEach(line -> output.line("%s", line));
    }
    return Exit.DONE;
  }
}
