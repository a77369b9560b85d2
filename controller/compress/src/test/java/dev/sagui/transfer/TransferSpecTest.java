/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferSpecTest {
  private static Map<String, Object> recipe(Object... more) {
    Map<String, Object> recipe = new HashMap<>(Map.of("base", "a.onnx", "data", "idx:a.idx"));
    for (int i = 0; i < more.length; i += 2) {
      recipe.put(more[i].toString(), more[i + 1]);
    }
    return recipe;
  }

  @Test
  void readsWhatItWrites() {
    List<Map<String, Object>> recipes =
        List.of(
            recipe("encoder", "b.onnx", "student", Map.of("flops", 0.5), "steps", 100),
            recipe("encoder", "b.onnx", "encoder-student", Map.of("flops", 0.5)),
            recipe("method", "lora", "rank", 4, "alpha", 2, "layers", List.of("up*")),
            recipe("method", "partial", "layers", 3, "targets", "idx:c.idx", "threads", 2),
            recipe(
                "method",
                "head",
                "labels",
                "idx:d.idx",
                "held-out",
                "idx:e.idx",
                "held-out-labels",
                "idx:f.idx",
                "solver",
                "logistic"));
    for (Map<String, Object> each : recipes) {
      Map<String, Object> json = TransferSpec.parse(each).json();
      assertEquals(json, TransferSpec.parse(json).json());
      assertEquals("a.onnx", json.get("base"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "metod, head, the nearest is 'method'",
    "method, partial, takes 'layers'",
    "method, lorra, the nearest is 'lora'",
    "rank, 0, a whole number of 1 or more",
    "data, nonsense:x, expected data as",
    "held-out-labels, idx:x, 'held-out'",
  })
  void saysWhatIsWrong(String key, String value, String said) {
    Object written = value.matches("\\d+") ? (Object) Integer.valueOf(value) : value;
    RejectedException refused =
        assertThrows(RejectedException.class, () -> TransferSpec.parse(recipe(key, written)));
    assertEquals(FailureCode.BAD_REQUEST, refused.code());
    assertTrue(refused.getMessage().contains(said), refused.getMessage());
  }

  @Test
  void aHeadIsOfAClassifierOrALanguageModel() {
    Map<String, Object> recipe = recipe("method", "head", "targets", "idx:c.idx");
    RejectedException refused =
        assertThrows(RejectedException.class, () -> TransferSpec.parse(recipe));
    assertTrue(refused.getMessage().contains("'labels'"), refused.getMessage());
  }

  @Test
  void takesEitherAnAutoencoderOrLabels() {
    Map<String, Object> recipe = recipe("encoder", "b.onnx", "labels", "idx:c.idx");
    assertThrows(RejectedException.class, () -> TransferSpec.parse(recipe));
  }
}
