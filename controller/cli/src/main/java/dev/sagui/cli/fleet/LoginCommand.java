/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.OutputOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    description =
        "Remembers a controller and its token for the other verbs, once it has answered: in"
            + " $XDG_CONFIG_HOME/sagui/login.json, or ~/.config/sagui/login.json, which you alone"
            + " can read.",
    footer = {"", "Example:", "  sagui fleet login http://controller.lan:8080 --token"})
final class LoginCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "The controller's address.")
  private String url = "";

  @Option(
      names = "--token",
      arity = "0..1",
      interactive = true,
      defaultValue = "${env:SAGUI_TOKEN}",
      description = "Its token; without a value it is asked for. Default: SAGUI_TOKEN.")
  private @Nullable String token;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    Optional<String> secret = Optional.ofNullable(token);
    new ControllerClient(FleetOptions.address("URL", url), secret).get("/api/v1/devices?limit=1");
    Path file = SavedLogin.file();
    new SavedLogin(url, secret).save(file);
    if (output.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("url", url);
      document.put("has_token", secret.isPresent());
      document.put("file", file.toString());
      output.document(document);
    } else {
      output.line("%s", "fleet verbs now speak to " + url);
    }
    return 0;
  }
}
