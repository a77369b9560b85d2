/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepLayersTest {
  @Test
  void widthsAreBarsAndFormatsAreWords() {
    String html =
        StepLayers.html(
            step(
                Map.of(
                    "layers", List.of(Map.of("layer", "conv", "before", 8, "after", 6)),
                    "formats", Map.of("conv.weight", "palette4")),
                Map.of(
                    "int8", List.of("Conv 'a'"),
                    "float32", List.of("Gemm '<b>'"),
                    "weight_bytes", Map.of("conv.weight", 2000L))));
    assertTrue(
        html.contains("<th>conv</th><td><meter value=\"0.750\"></meter>6 of 8 channels"), html);
    assertTrue(html.contains("<th>Conv 'a'</th><td>computes in int8"), html);
    assertTrue(html.contains("<th>Gemm '&lt;b&gt;'</th><td>stays float32"), html);
    assertTrue(html.contains("<th>conv.weight</th><td>stored as palette4, 2.0 kB"), html);
  }

  @Test
  void whatElseIsSaidOfALayerStandsAsItIs() {
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("layer", "fc");
    layer.put("rank", 12);
    layer.put("latency_ratio", 0.51234);
    String html = StepLayers.html(step(Map.of("layers", List.of(layer)), Map.of()));
    assertTrue(html.contains("<th>fc</th><td>rank 12, latency ratio 0.512</td>"), html);
  }

  @Test
  void aStepThatSaysNothingOfLayersHasNoTable() {
    assertEquals("", StepLayers.html(step(Map.of(), Map.of())));
  }

  private static StepRecord step(Map<String, Object> metrics, Map<String, Object> choices) {
    return new StepRecord(new Step.Fold(), true, false, "", 0, 1, 1, metrics, choices);
  }
}
