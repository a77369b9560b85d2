/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.mixed.Candidate;
import dev.sagui.quantize.mixed.Sensitivity;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WeightErrorsTest {
  private static final long BYTES = 4000;

  /** A form of so many bits, whose noise falls to a quarter with each. */
  private record Bits(int bits) implements PackedWeight {
    @Override
    public String format() {
      return "bits" + bits;
    }

    @Override
    public double noise() {
      return Math.pow(4, 4 - bits);
    }

    @Override
    public long bytes() {
      return BYTES * bits / 32;
    }

    @Override
    public void into(Decoding graph, TensorProto weight) {
      throw new IllegalStateException("is not written");
    }
  }

  private final AtomicInteger trials = new AtomicInteger();

  @Test
  void fewWeightsAreMeasuredInTwoFormatsEach() throws IOException {
    Map<String, Sensitivity> found = errors(10, name -> 1 + number(name));
    assertEquals(20, trials.get());
    for (int i = 0; i < 10; i++) {
      List<Candidate> candidates = candidates(found, i);
      assertEquals(1.0 + i, candidates.get(0).error(), 1e-9);
      assertEquals((1.0 + i) / 16, candidates.get(1).error(), 1e-9);
    }
  }

  @Test
  void theHarmfulAmongManyIsFoundInFewTrials() throws IOException {
    Map<String, Sensitivity> found = errors(300, name -> number(name) == 137 ? 1000 : 1);
    assertTrue(trials.get() <= 84, "" + trials.get());
    assertEquals(1000, candidates(found, 137).get(0).error(), 1e-6);
    for (int i = 0; i < 300; i++) {
      double error = candidates(found, i).get(0).error();
      assertTrue(i == 137 || error < 1.01, i + ": " + error);
    }
  }

  @Test
  void errorsThatRiseSlowlyFallSlowly() throws IOException {
    Map<String, Choices> choices = choices(100);
    List<Sensitivity> found =
        new WeightErrors(
                choices,
                forms -> Math.sqrt(forms.values().stream().mapToDouble(PackedWeight::noise).sum()),
                Trials.ONE_BY_ONE,
                Progress.NONE)
            .all();
    double six = 0;
    double eight = 0;
    for (Sensitivity each : found) {
      six += each.candidates().get(1).error();
      eight += each.candidates().get(2).error();
    }
    assertEquals(Math.sqrt(100.0 / 16), six, 1e-6);
    assertEquals(six / 4, eight, 1e-6);
  }

  @Test
  void formsThatNobodyHearsAreNotTried() throws IOException {
    Map<String, Choices> choices =
        Map.of("bias", new Choices(BYTES, List.of(new Bits(16), PackedWeight.left("as it is"))));
    List<Sensitivity> found = of(choices, name -> 1).all();
    assertEquals(0, trials.get());
    assertEquals(1, found.size());
    assertEquals(0, found.get(0).candidates().get(1).error());
  }

  private Map<String, Sensitivity> errors(int count, ToDoubleFunction<String> harm)
      throws IOException {
    return of(choices(count), harm).all().stream()
        .collect(Collectors.toMap(Sensitivity::layer, each -> each));
  }

  private static Map<String, Choices> choices(int count) {
    Map<String, Choices> choices = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      choices.put("w" + i, new Choices(BYTES, List.of(new Bits(4), new Bits(6), new Bits(8))));
    }
    return choices;
  }

  private WeightErrors of(Map<String, Choices> choices, ToDoubleFunction<String> harm) {
    return new WeightErrors(
        choices,
        forms -> {
          trials.incrementAndGet();
          return forms.entrySet().stream()
              .mapToDouble(form -> harm.applyAsDouble(form.getKey()) * form.getValue().noise())
              .sum();
        },
        Trials.ONE_BY_ONE,
        Progress.NONE);
  }

  private static List<Candidate> candidates(Map<String, Sensitivity> found, int weight) {
    return java.util.Objects.requireNonNull(found.get("w" + weight)).candidates();
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(1));
  }
}
