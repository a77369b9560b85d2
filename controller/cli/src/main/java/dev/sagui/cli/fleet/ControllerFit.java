/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.cli.OutputOptions;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.Fitting;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.StagedFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;

/** A fit that a controller makes, followed to its end. */
public final class ControllerFit {
  private static final long POLL_MILLIS = 200;
  private static final String JSON = "fit.json";
  private static final String PAGE = "fit.html";

  private final ControllerClient client;
  private final String model;
  private final Fields fit;

  private ControllerFit(ControllerClient client, String model, Fields fit) {
    this.client = client;
    this.model = model;
    this.fit = fit;
  }

  /**
   * Starts one, tells what it does on stderr, and waits for its end.
   *
   * @param wanted the body of {@code POST /api/v1/models/NAME/fits}
   * @throws RejectedException BUDGET_NOT_MET when it failed, with the controller's reason
   */
  public static ControllerFit run(
      ControllerClient client, String model, Map<String, ?> wanted, OutputOptions output)
      throws InterruptedException {
    Fields fit = client.post(address(model) + "/fits", wanted);
    String doing = "";
    while (fit.string("state").equals("running")) {
      Thread.sleep(POLL_MILLIS);
      fit = client.get("/api/v1/fits/" + fit.string("id"));
      String now = fit.findString("doing").orElse("");
      if (!now.equals(doing)) {
        double part = fit.findNumber("progress").orElse(0);
        output.remark("%3.0f %%  %s".formatted(100 * part, now));
        doing = now;
      }
    }
    if (fit.string("state").equals("failed")) {
      throw new RejectedException(
          FailureCode.BUDGET_NOT_MET, fit.findString("problem").orElse("the fit failed"));
    }
    return new ControllerFit(client, model, fit);
  }

  static String address(String model) {
    return "/api/v1/models/" + ControllerClient.encoded(model);
  }

  /** Its name on the controller. */
  String model() {
    return model;
  }

  /** As the REST API shows it. */
  public Map<?, ?> json() {
    return fit.values();
  }

  /** One for each profile: {@code profile, variant, reason, times, measured}. */
  public List<Fields> choices() {
    return fit.objects("choices", choice -> choice);
  }

  /** Whether every profile gets a variant. */
  public boolean met() {
    return choices().stream().allMatch(choice -> choice.has("variant"));
  }

  /** How the time of a choice is known. */
  public static String time(Fields choice) {
    return choice.has("measured")
        ? "measured on " + choice.object("measured").string("device")
        : "estimated";
  }

  /**
   * Writes {@code fit.json}, {@code fit.html} and a folder with the files of each chosen variant;
   * all or nothing.
   *
   * @throws RejectedException ARTIFACT_DIGEST_MISMATCH when a file is not what the controller named
   */
  public void into(Path out) throws IOException {
    try (StagedFolder folder = StagedFolder.create(out, ours(out))) {
      Files.write(folder.path().resolve(JSON), Json.pretty(fit.values()));
      Files.writeString(folder.path().resolve(PAGE), page(), StandardCharsets.UTF_8);
      List<Fields> variants = client.get(address(model)).objects("variants", each -> each);
      for (Fields variant : variants) {
        if (isChosen(variant.string("name"))) {
          fetch(variant, folder.path().resolve(variant.string("name")));
        }
      }
      folder.publish();
    }
  }

  /** What an earlier fit left there. */
  private static Set<String> ours(Path out) throws IOException {
    if (!Files.exists(out.resolve(JSON))) {
      return Set.of(JSON, PAGE);
    }
    try (var entries = Files.list(out)) {
      return Set.copyOf(entries.map(entry -> String.valueOf(entry.getFileName())).toList());
    }
  }

  /** With its style in it and without scripts, as no controller serves them there. */
  private String page() {
    String served = new String(client.bytes("/fits/" + fit.string("id")), StandardCharsets.UTF_8);
    return served.replaceFirst(
        "<link rel=\"stylesheet\".*?</p>",
        Matcher.quoteReplacement("<style>\n" + Fitting.style() + "</style>"));
  }

  private boolean isChosen(String variant) {
    return choices().stream()
        .anyMatch(choice -> choice.findString("variant").filter(variant::equals).isPresent());
  }

  private void fetch(Fields variant, Path into) throws IOException {
    for (Fields file : variant.objects("files", each -> each)) {
      Path at = into.resolve(file.string("name")).normalize();
      if (!at.startsWith(into)) {
        throw new RejectedException(
            FailureCode.MALFORMED_PAYLOAD,
            "the controller names a file outside of its folder: '%s'".formatted(at));
      }
      Files.createDirectories(Objects.requireNonNull(at.getParent()));
      String wanted = file.string("digest");
      client.download("/api/v1/blobs/" + wanted, at);
      String found = FileDigests.of(at).hex();
      if (!found.equals(wanted)) {
        throw new RejectedException(
            FailureCode.ARTIFACT_DIGEST_MISMATCH,
            "expected SHA-256 %s of %s, found %s".formatted(wanted, at.getFileName(), found));
      }
    }
  }
}
