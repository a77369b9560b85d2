/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.StoreFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeFileTest {
  private static final String YAML =
      """
      seed: 7
      data: latent:normal:7:512
      steps:
        - store: {weights: int8}
      gates: {psnr: 30, bytes: 2MB}
      """;

  @Test
  void readsYaml() {
    Recipe recipe = RecipeFile.parse(YAML);
    assertEquals(7, recipe.seed());
    assertEquals("latent:normal:7:512", recipe.data().get("").toString());
    assertEquals(List.of(new Step.Store(StoreFormat.INT8)), recipe.steps());
    assertEquals(List.of(new Gate("psnr", 30), new Gate("flash", 2e6)), recipe.gates());
  }

  @Test
  void readsBackWhatReportsHold() {
    Recipe recipe = RecipeFile.parse(YAML);
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "experts",
        "{experts: {count: 4, active: 1, router: random}}",
        "{experts: {active: 8}}",
        "{skip: {active: 0.4}}",
        "skip",
      })
  void stepsOfAFractionReadBack(String step) {
    Recipe recipe = RecipeFile.parse("steps: [%s]".formatted(step));
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{active: 0}", "{active: 1}", "{blocks: 2}"})
  void skipsThatMakeNoSenseAreRefused(String parameters) {
    assertThrows(
        RejectedException.class,
        () -> RecipeFile.parse("steps: [{skip: %s}]".formatted(parameters)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{count: 8, active: 9}",
        "{count: 1}",
        "{active: 0}",
        "{active: 0.5}",
        "{router: learned}",
        "{width: 4}",
      })
  void expertsThatMakeNoSenseAreRefused(String parameters) {
    assertThrows(
        RejectedException.class,
        () -> RecipeFile.parse("steps: [{experts: %s}]".formatted(parameters)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{weights: int8, activations: dynamic, force: true}",
        "{weights: int4, method: mse, force: true}",
        "{weights: int4, method: gptq, block: 32, symmetric: true}",
        "{weights: auto, sqnr: 22}",
        "{weights: int8, sqnr: 40, correct: [equalize]}",
      })
  void quantizeStepsReadBack(String parameters) {
    Recipe recipe = RecipeFile.parse("steps: [{quantize: %s}]".formatted(parameters));
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sed: 7                                    | the nearest is 'seed'",
        "steps: [{stor: {weights: int8}}]          | the nearest is 'store'",
        "steps: [{prun: {unstructured: 0.5}}]      | the nearest is 'prune'",
        "steps: [{prune: {select: wanda}}]         | say what prune is to remove",
        "steps: [{prune: {unstructured: 1}}]       | from 0 to below 1",
        "steps: [{prune: {unstructured: -0.1}}]    | from 0 to below 1",
        "steps: [{prune: {threshold: -1}}]         | a threshold of 0 or more",
        "steps: [{prune: {threshold: 1, select: wanda}}] | threshold alone",
        "steps: [{prune: {unstructured: 0.5, select: size}}]  | magnitude, wanda, sparsegpt",
        "steps: [{prune: {unstructured: 0.5, scope: all}}]    | layer, global",
        "steps: [{prune: {unstructured: 0.5, repair: yes}}]   | none, bias, least-squares",
        "steps: [{prune: {unstructured: 0.5, pattern: 4}}]    | N:M as 2:4",
        "steps: [{prune: {pattern: '4:4'}}]        | keeps 1 to M - 1",
        "steps: [{prune: {pattern: '0:4'}}]        | keeps 1 to M - 1",
        "steps: [{prune: {unstructured: 0.3, pattern: '2:4'}}] | zeroes a share of 0.5",
        "steps: [{prune: {unstructured: 0.3, rounds: 0}}]     | 1 to 100 rounds",
        "steps: [{trim: {structured: 0.5}}]        | all are [fold, prune, experts, skip, distill, finetune, quantize, store, strip]",
        "steps: [{store: {weigths: int8}}]         | the nearest is 'weights'",
        "steps: [{store: {weights: int3}}]         | fp16, int8",
        "steps: [{store: {weights: int8, sqnr: 9}}] | auto alone",
        "steps: [store]                            | fp16, int8",
        "steps: [{quantize: {weights: int3}}]      | int8, int4, int2",
        "steps: [{quantize: {activation: int8}}]   | the nearest is 'activations'",
        "steps: [{quantize: {calibration: best}}]  | minmax",
        "steps: [{quantize: {method: gptq, block: 33}}] | 16, 32, 64, 128 or 256",
        "steps: [{quantize: {force: maybe}}]       | force of [true, false]",
        "steps: [{quantize: {block: 64}}]          | static int8 takes [weights, activations, calibration, sqnr, mel, correct, force], found 'block'",
        "steps: []                                 | steps are [fold, prune, experts, skip, distill, finetune, quantize, store, strip]",
        "seed: x                                   | whole number under 'seed'",
        "steps: [store, store                      | not YAML",
        "'[1]'                                     | keys and values",
        "{steps: [{store: {weights: int8}}], gates: {psnrr: 3}}   | no gate is named 'psnrr'",
        "{steps: [{store: {weights: int8}}], gates: {flash: 2XB}} | a number for flash",
        "steps: [{store: {weights: auto, bytes: 2MB, sqnr: 30}}] | takes either bytes or what",
        "steps: [{store: {weights: int8, bytes: 2MB}}] | with weights of auto alone",
      })
  void mistakesAreNamed(String text, String expected) {
    RejectedException e = assertThrows(RejectedException.class, () -> RecipeFile.parse(text));
    assertEquals(FailureCode.BAD_REQUEST, e.code());
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{threshold: 0.01}",
        "{unstructured: 0.8}",
        "{pattern: '2:4'}",
        "{unstructured: 0.8, select: wanda, scope: global, pattern: 1x4, repair: none}",
        "{unstructured: 0.5, pattern: rows, rounds: 4, except: [w]}",
      })
  void pruneStepsReadBack(String parameters) {
    Recipe recipe = RecipeFile.parse("steps: [{prune: %s}]".formatted(parameters));
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @ParameterizedTest
  @CsvSource({"palette3", "int5", "auto"})
  void storeReadsBackWhatReportsHold(String weights) {
    Recipe recipe = RecipeFile.parse("steps: [{store: {weights: %s}}]".formatted(weights));
    assertEquals(List.of(Step.store(weights, Tolerance.ofSqnr(30))), recipe.steps());
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @Test
  void whatIsAlwaysTriedMayBeAskedFor() {
    assertEquals(
        RecipeFile.parse("steps: [{quantize: {correct: [equalize]}}, {store: {weights: int8}}]"),
        RecipeFile.parse(
            "steps: [{quantize: {correct: [equalize, bias, adaround]}},"
                + " {store: {weights: int8, entropy: auto}}]"));
  }

  @Test
  void autoTakesAnSqnr() {
    Recipe recipe = RecipeFile.parse("steps: [{store: {weights: auto, sqnr: 40}}]");
    assertEquals(
        List.of(new Step.StoreMixed(Tolerance.ofSqnr(40), OptionalLong.empty())), recipe.steps());
  }

  @Test
  void autoTakesBytesInsteadOfAQuality() {
    Recipe recipe = RecipeFile.parse("steps: [{store: {weights: auto, bytes: 2MB}}]");
    assertEquals(2_000_000L, recipe.steps().get(0).parameters().get("bytes"));
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @ParameterizedTest
  @CsvSource({"store: {weights: auto", "quantize: {weights: auto", "quantize: {weights: int8"})
  void mayBeHeldToAMelDistance(String step) {
    Recipe recipe = RecipeFile.parse("steps: [{%s, sqnr: 30, mel: 0.05}}]".formatted(step));
    assertEquals(0.05, recipe.steps().get(0).parameters().get("mel"));
    String json = new String(Json.pretty(recipe.json()), StandardCharsets.UTF_8);
    assertEquals(recipe, RecipeFile.parse(json));
  }

  @Test
  void budgetsHaveUnits() {
    assertEquals(
        List.of(new Gate("flash", 2e6), new Gate("ram", 67108864), new Gate("p95", 20)),
        Quantity.gates("flash=2MB,ram=64MiB,p95=20ms", Gate.CEILINGS));
    assertThrows(RejectedException.class, () -> Quantity.gates("flash", Gate.CEILINGS));
    assertThrows(RejectedException.class, () -> Quantity.gates("psnr=3", Gate.CEILINGS));
    assertThrows(RejectedException.class, () -> Quantity.gates("flash=0", Gate.CEILINGS));
    assertThrows(RejectedException.class, () -> Quantity.gates("flash=-1", Gate.CEILINGS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quantize: int8 | write quantize: {weights: int8}",
        "quantize: int4 | write quantize: {weights: int4}",
        "store: eight | write store: {weights: int8}",
        "prune: 0.5 | write prune: {structured: 0.5}",
        "prune: 40 % | write prune: {structured: 0.4}",
        "finetune: 300 | write finetune: {minutes: 10}",
        "distill: 0.5 | write distill: {student: {width: 0.5}, minutes: 10}",
        "experts: 8 | write experts: {active: 2}",
        "skip: 0.4 | write skip: {active: 0.4}",
        "fold: true | write fold",
        "quantise: int8 | quantize",
      })
  void aBareValueIsAnsweredByWhatToWrite(String step, String told) {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> RecipeFile.parse("steps: [%s]".formatted(step)));
    assertTrue(e.getMessage().contains(told), e.getMessage());
    if (told.startsWith("write ")) {
      RecipeFile.parse("steps: [{%s}]".formatted(told.substring(6)).replace("{fold}", "fold"));
    }
  }

  @Test
  void aStepWithoutParametersMayEndInAColon() {
    assertEquals(
        RecipeFile.parse("steps: [fold, quantize]"),
        RecipeFile.parse("steps:\n- fold:\n- quantize:\n"));
  }

  @Test
  void aShareOfZerosOfNothingIsNone() {
    assertEquals(
        RecipeFile.parse("steps: [{finetune: {steps: 5}}]"),
        RecipeFile.parse("steps: [{finetune: {steps: 5, sparsify: 0}}]"));
  }

  @Test
  void quantitiesAreToldSoThatTheyDifferFromTheirLimit() {
    Gate flash = new Gate("flash", 2e6);
    assertEquals("2.00 MB", flash.told(2e6));
    assertEquals("3.50 MB", flash.told(3_500_000));
    assertEquals("2,000,400 B", flash.told(2_000_400));
    assertEquals("not measured", flash.told(Double.NaN));
    assertEquals("34.9999", new Gate("psnr", 35).told(34.9999));
    assertEquals("20.0004 ms", new Gate("p95", 20).told(20.0004));
    assertEquals("12.3 kB", Quantity.size(12_345));
  }

  @Test
  void understandsTheRecipeThatComesWithTheProject() throws IOException {
    Recipe recipe = RecipeFile.parse(Files.readString(Path.of("../../deploy/recipes/int4.yaml")));
    assertEquals(
        List.of("prune", "finetune", "store", "finetune"),
        recipe.steps().stream().map(Step::name).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"voice-int8", "voice-storage", "voice-small"})
  void shippedRecipesOfVoicesAreRead(String name) throws IOException {
    Recipe recipe =
        RecipeFile.parse(Files.readString(Path.of("../../deploy/recipes/" + name + ".yaml")));
    String limit = name.equals("voice-int8") ? "mel" : "bytes";
    assertTrue(recipe.steps().stream().anyMatch(step -> step.parameters().containsKey(limit)));
  }
}
