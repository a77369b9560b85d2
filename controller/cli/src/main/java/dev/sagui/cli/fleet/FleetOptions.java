/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.OutputOptions;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which controller, and how to print what it says. */
final class FleetOptions {
  @Option(
      names = "--url",
      defaultValue = "${env:SAGUI_URL}",
      description =
          "The controller's address. Default: SAGUI_URL, then that of 'sagui fleet login', then"
              + " the local controller's, then http://127.0.0.1:8080.")
  private @Nullable String url;

  @Option(
      names = "--token",
      defaultValue = "${env:SAGUI_TOKEN}",
      description =
          "Token of the controller's HTTP side, if it asks for one. Default: SAGUI_TOKEN, then"
              + " that of 'sagui fleet login' if the address is the same.")
  private @Nullable String token;

  @Mixin private OutputOptions output = new OutputOptions();

  ControllerClient client() {
    return client(url, token);
  }

  /**
   * A client of a controller; a token that was saved for one is never sent to another.
   *
   * @param url null for the usual one
   * @param token null for the saved one
   */
  static ControllerClient client(@Nullable String url, @Nullable String token) {
    Optional<SavedLogin> saved =
        url == null || token == null ? SavedLogin.find(SavedLogin.file()) : Optional.empty();
    URI address = address("--url", url == null ? usual(saved) : url);
    Optional<String> known =
        saved
            .filter(login -> isSame(address("the saved login's URL", login.url()), address))
            .flatMap(SavedLogin::token);
    return new ControllerClient(address, Optional.ofNullable(token).or(() -> known));
  }

  private static boolean isSame(URI one, URI other) {
    return one.resolve("/").equals(other.resolve("/"));
  }

  private static String usual(Optional<SavedLogin> saved) {
    return saved
        .map(SavedLogin::url)
        .or(FleetOptions::localController)
        .orElse("http://127.0.0.1:8080");
  }

  /**
   * @param what names the text for a sentence
   */
  static URI address(String what, String text) {
    try {
      URI parsed = URI.create(text);
      if (parsed.getHost() == null) {
        throw new IllegalArgumentException("no host");
      }
      return parsed;
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "%s must be like http://127.0.0.1:8080, found '%s'".formatted(what, text),
          e);
    }
  }

  private static Optional<String> localController() {
    Path ready =
        Path.of(System.getProperty("user.home"), ".sagui", "controller", "controller.json");
    try {
      return Optional.of(Fields.parse(Files.readAllBytes(ready)).string("http_url"));
    } catch (IOException | RejectedException e) {
      return Optional.empty(); // none was started here
    }
  }

  /** Prints the rows as a table, or the items as one JSON document. */
  void printRows(List<String> header, List<Fields> items, Function<Fields, List<String>> row) {
    if (output.json()) {
      output.document(Map.of("items", items.stream().map(Fields::values).toList()));
    } else {
      Table.of(header, items.stream().map(row).toList()).forEach(line -> output.line("%s", line));
    }
  }

  /** Prints the sentence, or the object as one JSON document. */
  void printResult(Fields result, String sentence) {
    if (output.json()) {
      output.document(result.values());
    } else {
      output.line("%s", sentence);
    }
  }

  OutputOptions output() {
    return output;
  }
}
