/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.Exit;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = {
      "Data that the controller keeps for recipes, which name it as idx:NAME, images:NAME/FOLDER",
      "and the like. Lists it."
    },
    subcommands = {DataCommand.Put.class, DataCommand.Delete.class},
    footer = {"", "Example:", "  sagui fleet data put faces.tar"})
final class DataCommand implements Callable<Integer> {
  private static final String PATH = "/api/v1/data";

  @Mixin private FleetOptions options = new FleetOptions();

  @Override
  public Integer call() {
    options.printRows(
        List.of("DATA", "FILES", "BYTES", "CREATED"),
        options.client().items(PATH),
        set ->
            List.of(
                set.string("name"),
                Long.toString(set.integer("files")),
                Long.toString(set.integer("bytes")),
                set.string("created")));
    return Exit.DONE;
  }

  @Command(
      name = "put",
      mixinStandardHelpOptions = true,
      description = "Uploads a file, or the files of a folder as a .tar.",
      footer = {
        "",
        "Example:",
        "  tar -C faces -cf faces.tar .",
        "  sagui fleet data put faces.tar"
      })
  static final class Put implements Callable<Integer> {
    @Mixin private FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "FILE", description = "A file, or a .tar of a folder.")
    private Path file = Path.of("");

    @Option(
        names = "--name",
        description = "Its name on the controller. Default: the file's, without .tar.")
    private @Nullable String name;

    @Override
    public Integer call() {
      if (!Files.isRegularFile(file)) {
        throw new RejectedException(
            FailureCode.NOT_FOUND,
            "cannot read '%s': expected a file, or a .tar of a folder".formatted(file));
      }
      String own = String.valueOf(file.getFileName());
      boolean tar = own.endsWith(".tar");
      String called = name == null ? own.replaceFirst("\\.tar$", "") : name;
      Fields stored =
          options
              .client()
              .put(
                  PATH + "/" + ControllerClient.encoded(called),
                  file,
                  tar ? "application/x-tar" : "application/octet-stream");
      options.printResult(
          stored,
          "stored %s: %d files, %d bytes"
              .formatted(stored.string("name"), stored.integer("files"), stored.integer("bytes")));
      return Exit.DONE;
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Deletes data that no job reads.",
      footer = {"", "Example:", "  sagui fleet data delete faces"})
  static final class Delete implements Callable<Integer> {
    @Mixin private FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "Its name on the controller.")
    private String name = "";

    @Override
    public Integer call() {
      options.client().delete(PATH + "/" + ControllerClient.encoded(name));
      options.output().remark("deleted " + name);
      return Exit.DONE;
    }
  }
}
