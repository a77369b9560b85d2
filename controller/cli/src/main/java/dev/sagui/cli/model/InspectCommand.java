/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.KnownBoards;
import dev.sagui.isa.SlowOperators;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sagui inspect}: what a model is. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "What a model is: opset, operators, parameters and bytes by type, inputs, outputs,",
      "FLOPs and activation bytes of a run, and what each known device would run slowly."
    },
    footer = {"", "Example:", "  sagui inspect deploy/demo/models/fashion-vae-decoder.onnx"})
public final class InspectCommand implements Callable<Integer> {
  private static final long MAX_RUN_BYTES = 500_000_000;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(paramLabel = "MODEL", description = "An .onnx file, or a folder with one.")
  private Path model = Path.of("");

  @Override
  public Integer call() throws IOException {
    OnnxModel opened = OnnxModel.open(model);
    ModelFacts facts = opened.facts();
    Optional<RunCost> cost = cost(opened, facts);
    if (output.json()) {
      Map<String, Object> document = json(opened, facts);
      cost.ifPresent(
          c -> {
            document.put("flops", c.flops());
            document.put("activation_bytes", c.activationBytes());
          });
      document.put("slow_on", slow(facts));
      output.document(document);
    } else {
      print(opened, facts);
      cost.ifPresent(
          c ->
              output.line(
                  "one sample  %,d FLOPs, %s of activations",
                  c.flops(), Sizes.of(c.activationBytes())));
      slow(facts).forEach((board, ops) -> output.line("slow on     %s: %s", board, ops));
    }
    return Exit.DONE;
  }

  /** Of one sample, free dimensions at their default; a model that noise cannot run has none. */
  private Optional<RunCost> cost(OnnxModel opened, ModelFacts facts) throws IOException {
    if (opened.sizeBytes() > MAX_RUN_BYTES) {
      output.remark("FLOPs were not counted: the model is too large to be run in passing");
      return Optional.empty();
    }
    try {
      Samples samples = Samples.of(facts, DefaultData.of(facts));
      return Optional.of(RunCost.measure(opened.file(), samples.first(1)));
    } catch (RejectedException e) {
      output.remark("FLOPs were not counted: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Map<String, Object> slow(ModelFacts facts) {
    Map<String, Object> slow = new LinkedHashMap<>();
    for (DeviceProfile board : KnownBoards.all()) {
      List<String> found = SlowOperators.on(board, facts);
      if (!found.isEmpty()) {
        slow.put(board.name().value(), found);
      }
    }
    return slow;
  }

  private void print(OnnxModel opened, ModelFacts facts) throws IOException {
    output.line("file        %s, %s", opened.file(), Sizes.of(opened.sizeBytes()));
    opened.files().stream()
        .skip(1)
        .forEach(file -> output.line("            %s (external data)", file.getFileName()));
    output.line("producer    %s", facts.producer().isEmpty() ? "not named" : facts.producer());
    output.line("format      IR %d, opset %s", facts.irVersion(), pairs(facts.opsets()));
    output.line("parameters  %,d", facts.parameters());
    facts
        .weights()
        .forEach(
            (type, amount) ->
                output.line(
                    "            %-10s %,12d elements %12s",
                    type, amount.elements(), Sizes.of(amount.bytes())));
    output.line("operators   %s", pairs(facts.operators()));
    if (facts.nestedGraphs() > 0) {
      output.line("nested      %d graphs", facts.nestedGraphs());
    }
    facts.inputs().forEach(value -> output.line("input       %s", text(value)));
    facts.outputs().forEach(value -> output.line("output      %s", text(value)));
  }

  private static String text(ValueFacts value) {
    return "%s %s %s".formatted(value.name(), value.type(), value.display());
  }

  private static String pairs(Map<String, ?> map) {
    return String.join(
        ", ", map.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }

  private static Map<String, Object> json(OnnxModel opened, ModelFacts facts) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", opened.file().toString());
    map.put("sha256", FileDigests.of(opened.file()).hex());
    map.put("bytes", opened.sizeBytes());
    map.put("external_data", opened.files().stream().skip(1).map(Path::toString).toList());
    map.put("ir_version", facts.irVersion());
    map.put("producer", facts.producer());
    map.put("opsets", facts.opsets());
    map.put("parameters", facts.parameters());
    Map<String, Object> weights = new LinkedHashMap<>();
    facts.weights().forEach((type, amount) -> weights.put(type.name(), json(amount)));
    map.put("weights", weights);
    map.put("operators", facts.operators());
    map.put("nested_graphs", facts.nestedGraphs());
    map.put("inputs", values(facts.inputs()));
    map.put("outputs", values(facts.outputs()));
    return map;
  }

  private static Map<String, Object> json(ModelFacts.Amount amount) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("elements", amount.elements());
    map.put("bytes", amount.bytes());
    return map;
  }

  private static List<Map<String, Object>> values(List<ValueFacts> values) {
    return values.stream()
        .map(
            value -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("name", value.name());
              map.put("type", value.type().name());
              map.put("shape", value.display());
              return map;
            })
        .toList();
  }
}
