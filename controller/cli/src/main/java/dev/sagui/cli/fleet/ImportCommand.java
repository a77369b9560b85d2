/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Uploads a model to the controller.",
    footer = {"", "Example:", "  sagui fleet import decoder.onnx --name fashion-vae-decoder"})
final class ImportCommand implements Callable<Integer> {
  @Mixin private FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "MODEL", description = "An .onnx file, or a .tar of a model's folder.")
  private Path model = Path.of("");

  @Option(names = "--name", required = true, description = "The model's name on the controller.")
  private String name = "";

  @Override
  public Integer call() {
    if (!Files.isRegularFile(model)) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "cannot read '%s': expected an .onnx file or a .tar of the model's folder"
              .formatted(model));
    }
    String type =
        model.toString().endsWith(".tar") ? "application/x-tar" : "application/octet-stream";
    String path = "/api/v1/models?name=" + ControllerClient.encoded(name);
    Fields imported = options.client().upload(path, model, type);
    options.printResult(
        imported,
        "imported %s: %d bytes, %d parameters"
            .formatted(
                imported.string("name"),
                imported.integer("bytes"),
                imported.integer("parameters")));
    return 0;
  }
}
