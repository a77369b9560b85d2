/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.recipe.Gate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FitPageTest {
  private static final Attempt FLOAT =
      DecisionTest.attempt("fp32", "", 4_000_000, 10, Double.POSITIVE_INFINITY);
  private static final Attempt INT8 = DecisionTest.attempt("int8", "s8s8", 1_100_000, 4, 40);

  @Test
  void aTouchOnAPointLeadsToItsNumbers() {
    String page = page(new Gate("sqnr", 30));
    assertTrue(page.contains("<a href=\"#board.int8\"><circle class=\"ring\""), page);
    assertTrue(page.contains("<tr id=\"board.int8\" class=\"chosen\">"), page);
    assertFalse(page.contains("<script"), page);
  }

  @Test
  void budgetsThatAreNearAreLines() {
    String near = page(new Gate("flash", 2_000_000));
    assertTrue(near.contains("<line class=\"limit\""), near);
    String far = page(new Gate("flash", 1e9));
    assertFalse(far.contains("<line class=\"limit\""), far);
  }

  @Test
  void aRefusalSaysByHowMuchAndWhereToLook() {
    String page = page(new Gate("flash", 550_000));
    assertTrue(page.contains("<b>Refused</b>: no variant keeps every limit"), page);
    assertTrue(page.contains("<tr><td>flash<td>550.0 kB<td>1.10 MB, 2.00 x the limit</tr>"), page);
    assertTrue(page.contains("<a href=\"#made.int8\">int8</a>"), page);
  }

  @Test
  void theBestStandsBesideTheModelAsItCame() {
    String page = page(new Gate("sqnr", 30));
    assertTrue(page.contains("<summary>Before and after</summary><img>"), page);
  }

  @Test
  void aServersScriptGetsTheData() {
    String page = fitting(new Gate("sqnr", 30)).page("<p>top</p>");
    String data = page.substring(page.indexOf('{', page.indexOf("id=\"fit\"")));
    Fields json =
        Fields.parse(data.substring(0, data.indexOf("</script>")).getBytes(StandardCharsets.UTF_8));
    assertEquals("<vae>", json.string("model"));
    assertEquals(
        30.0,
        json.objects("choices", choice -> choice.objects("limits", l -> l.number("limit")))
            .get(0)
            .get(0));
  }

  private static String page(Gate limit) {
    return new String(FitPage.of(fitting(limit)), StandardCharsets.UTF_8);
  }

  private static Fitting fitting(Gate limit) {
    List<Attempt> all = List.of(FLOAT, INT8);
    Decision decision =
        Decision.of(
            Wish.of(DecisionTest.board(), Limits.common(limit)),
            new DeviceTime(DecisionTest.board(), DecisionTest.HERE),
            Preference.SPEED,
            all);
    return new Fitting(
        "<vae>",
        Preference.SPEED,
        all,
        Map.of(),
        List.of(decision),
        Map.of(INT8.name(), "<img>"),
        Optional.empty(),
        1);
  }
}
