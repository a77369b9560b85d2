/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.recipe.Quantity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An inspection for people. */
final class InspectionText {
  /** Of names and bodies; more are counted. */
  private static final int MAX_NAMED = 12;

  /** Of a name in a list; inputs and outputs are given whole. */
  private static final int MAX_NAME = 40;

  private final Inspection of;
  private final Labelled out = new Labelled();

  private InspectionText(Inspection inspection) {
    this.of = inspection;
  }

  static List<String> of(Inspection inspection) throws IOException {
    InspectionText text = new InspectionText(inspection);
    text.files();
    text.weights();
    text.structure();
    text.values("input", inspection.facts().inputs());
    text.values("output", inspection.facts().outputs());
    text.run();
    text.nodes();
    inspection.remarks().forEach(remark -> text.out.text("note", remark));
    return text.out.lines();
  }

  private void files() throws IOException {
    out.line("file", "%s, %s".formatted(of.model().file(), Quantity.size(of.model().sizeBytes())));
    of.model().files().stream()
        .skip(1)
        .forEach(file -> out.line("", file.getFileName() + " (external data)"));
    String producer = of.facts().producer();
    out.line("producer", producer.isEmpty() ? "not named" : producer);
    List<String> format = new ArrayList<>(List.of("IR " + of.facts().irVersion()));
    of.facts().opsets().forEach((domain, version) -> format.add(domain + " opset " + version));
    out.list("format", format);
  }

  private void weights() {
    ModelStructure structure = of.structure();
    out.line("parameters", count(of.facts().parameters()));
    of.facts()
        .weights()
        .forEach(
            (type, amount) ->
                out.line(
                    "",
                    String.format(
                        Locale.ROOT,
                        "%-10s %,14d elements %12s",
                        type,
                        amount.elements(),
                        Quantity.size(amount.bytes()))));
    ModelFacts.Amount inNodes = structure.inConstantNodes();
    if (inNodes.elements() > 0) {
      out.line(
          "", count(inNodes.elements()) + " in Constant nodes, " + Quantity.size(inNodes.bytes()));
    }
    named("tied", "used by several nodes", structure.tied());
    named("overridable", "initializers that a caller may override", structure.overridable());
  }

  private void named(String label, String what, List<String> names) {
    if (!names.isEmpty()) {
      List<String> items = new ArrayList<>(few(names));
      items.set(0, "%d %s: %s".formatted(names.size(), what, items.get(0)));
      out.list(label, items);
    }
  }

  private static String cut(String name) {
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME - 1) + "…";
  }

  private static List<String> few(List<String> all) {
    List<String> few = new ArrayList<>(all.subList(0, Math.min(MAX_NAMED, all.size())));
    if (few.size() < all.size()) {
      few.add("and %d more".formatted(all.size() - few.size()));
    }
    return few;
  }

  private void structure() {
    ModelStructure structure = of.structure();
    out.line("nodes", count(structure.nodes()));
    out.list("operators", Labelled.counts(of.facts().operators()));
    named(
        "nested",
        "graphs",
        structure.bodies().stream()
            .map(
                b ->
                    "%s '%s' %s (%d)"
                        .formatted(b.operator(), cut(b.node()), b.attribute(), b.nodes()))
            .toList());
    named(
        "functions",
        "local functions",
        structure.functions().stream()
            .map(f -> "%s.%s (%d)".formatted(f.domain(), f.name(), f.nodes()))
            .toList());
  }

  private void values(String label, List<ValueFacts> values) {
    int width = values.stream().mapToInt(v -> v.name().length()).max().orElse(0);
    int padded = Math.min(40, width);
    for (int i = 0; i < values.size(); i++) {
      ValueFacts value = values.get(i);
      String name = String.format(Locale.ROOT, "%-" + Math.max(1, padded) + "s", value.name());
      out.line(i == 0 ? label : "", "%s %s %s".formatted(name, value.type(), value.display()));
    }
  }

  private void run() {
    if (of.cost().isPresent()) {
      out.line(
          "one sample",
          "%s FLOPs, %s of activations"
              .formatted(
                  count(of.cost().get().flops()),
                  Quantity.size(of.cost().get().activationBytes())));
    }
    Map<List<String>, List<String>> boards = new LinkedHashMap<>();
    of.slow().forEach((name, ops) -> boards.computeIfAbsent(ops, k -> new ArrayList<>()).add(name));
    boards.forEach(
        (operators, names) -> {
          out.list("slow on", names);
          operators.forEach(operator -> out.text("", operator));
        });
  }

  private void nodes() {
    of.types()
        .ifPresent(
            types ->
                new NodeList(of.model(), types)
                    .lines()
                    .forEach(line -> out.line(line.label(), line.text())));
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
