/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

class LossTermsTest {
  @Test
  void writesWhatItRead() {
    Map<?, ?> yaml =
        new Yaml()
            .load("{l1: 1, ssim: 0.5, kl: {weight: 1, temperature: 2}, log-mel: {rate: 16000}}");
    Map<String, Object> json = LossTerms.parse(yaml).json();
    assertEquals(
        "{l1=1.0, ssim=0.5, kl={weight=1, temperature=2}, log-mel={rate=16000}}", "" + json);
    assertEquals("" + json, "" + LossTerms.parse(json).json());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{l3: 1}                           | unknown loss 'l3'; the nearest is 'l1'",
        "{sim: 1}                          | the nearest is 'ssim'",
        "{kl: {temprature: 2}}             | the nearest is 'temperature'",
        "{l1: {delta: 2}}                  | unknown parameter of l1 'delta'",
        "{l1: much}                        | expected a weight or {weight: 1, …} under 'l1'",
        "{l1: -1}                          | expected 0 or more under 'weight' of l1, got '-1'",
        "{l1: .nan}                        | expected 0 or more under 'weight' of l1",
        "{huber: {delta: 0}}               | expected a number above 0 under 'delta' of huber",
        "{kl: {temperature: hot}}          | expected a number under 'temperature' of kl",
        "{cross-entropy: {smoothing: 1}}   | expected 0 or more and less than 1",
        "{cross-entropy: {axis: 1.5}}      | expected a whole number under 'axis'",
        "{multi-scale: {scales: 0}}        | expected 1 or more under 'scales'",
        "{bce: {logits: 1}}                | expected true or false under 'logits' of bce",
        "{l1: 0}                           | a loss needs a term whose weight is above 0",
        "{}                                | a loss needs a term whose weight is above 0",
      })
  void saysWhatIsWrong(String yaml, String message) {
    Map<?, ?> json = new Yaml().load(yaml);
    RejectedException refused = assertThrows(RejectedException.class, () -> LossTerms.parse(json));
    assertEquals(FailureCode.BAD_REQUEST, refused.code());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void regularisersAndOthersAreHeldAgainstTheirNames() {
    assertEquals(
        Map.of(Regulariser.L1, 1e-5, Regulariser.BN_SCALE, 1e-4),
        Regulariser.parse(Map.of("l1", 1e-5, "bn-scale", 1e-4)));
    refuses(() -> Regulariser.parse(Map.of("group-laso", 1)), "the nearest is 'group-lasso'");
    refuses(() -> Adversarial.parse("hing"), "the nearest is 'hinge'");
    refuses(() -> Elbo.parse(Map.of("reconstruction", "gauss")), "'gaussian'");
    Map<String, Object> beta = new LinkedHashMap<>(Map.of("beta", 0));
    refuses(() -> Elbo.parse(beta), "expected a number above 0 under 'beta' of elbo");
    for (Adversarial each : Adversarial.values()) {
      assertEquals(each, Adversarial.parse(each.label()));
    }
  }

  private static void refuses(Runnable parse, String message) {
    RejectedException refused = assertThrows(RejectedException.class, parse::run);
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }
}
