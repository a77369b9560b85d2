/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a fit, as the packaged controller serves it, on a phone: Debian's Chromium. */
class FitPageIT {
  private static final int PHONE = 360;

  @TempDir static Path home;

  private static PackagedController controller;
  private static Chromium chromium;
  private static URI fit;

  @BeforeAll
  static void fit() throws Exception {
    Chromium.assumeInstalled();
    controller = PackagedController.start(home);
    URI url = controller.url();
    controller.importModel(
        "decoder", HttpRequest.BodyPublishers.ofFile(PackagedController.DECODER));
    String wish = "{\"profiles\":[\"raspberry-pi-4\",\"raspberry-pi-5\"],\"minutes\":0.0001}";
    String id =
        Fields.parse(controller.postJson("/api/v1/models/decoder/fits", wish).body()).string("id");
    fit = url.resolve("/fits/" + id);
    awaitDone("/api/v1/fits/" + id);
    chromium = Chromium.launch();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void theFleetsPageSaysWhatWasChosenAndLeadsToThePlot() {
    try (Page page = chromium.open(fit.resolve("/"), PHONE, ColorScheme.LIGHT)) {
      page.waitForSelector("dd:has-text('estimated')");
      assertTrue(page.innerText(".choices").contains("as it came"), page.innerText(".choices"));
      assertFits(page);
      page.click("a:has-text('raspberry-pi-4')");
      page.waitForSelector(".plot canvas");
      assertTrue(page.innerText("table").contains("estimated"));
      assertTrue(
          page.evaluate("getComputedStyle(document.body).maxWidth").toString().contains("px"));
      assertFits(page);
      Chromium.picture(page, "fit-page");
      page.click("text=Sagui");
      page.waitForSelector("h1:has-text('Sagui')");
    }
  }

  @Test
  void aTouchOnAPointTellsItsNumbers() {
    try (Page page = open(ColorScheme.DARK)) {
      List<String> complaints = new CopyOnWriteArrayList<>();
      page.onConsoleMessage(message -> complaints.add(message.text()));
      page.reload();
      page.waitForSelector(".plot canvas");
      page.evaluate("document.querySelector('.told').textContent = ''");
      touch(page, "fp32");
      page.waitForSelector(".told:has-text('fp32: as it came; 835 kB')");
      assertTrue(page.innerText(".told").contains("estimated, expect a factor of two"));
      assertFits(page);
      assertEquals(List.of(), complaints);
    }
  }

  @Test
  void profilesAreTabsAndDetailsOpen() {
    try (Page page = open(ColorScheme.LIGHT)) {
      page.click("nav a:has-text('Raspberry Pi 5')");
      page.waitForSelector("#raspberry-pi-5 .plot canvas");
      assertFalse(page.isVisible("#raspberry-pi-4"));
      page.click("summary:has-text('not made')");
      page.waitForSelector("td:has-text('prune75-stored')");
      assertFits(page);
    }
  }

  private static Page open(ColorScheme scheme) {
    return chromium.open(fit, PHONE, scheme);
  }

  private static void assertFits(Page page) {
    assertEquals(PHONE, page.evaluate("document.documentElement.scrollWidth"));
  }

  private static void awaitDone(String fit) throws Exception {
    for (int i = 0; i < 1200 && !controller.get(fit).string("state").equals("done"); i++) {
      Thread.sleep(50);
    }
    assertEquals("done", controller.get(fit).string("state"));
  }

  /** Where the plot has that variant. */
  private static void touch(Page page, String variant) {
    String where =
        """
        name => {
          const place = document.querySelector('.plot .chart');
          const chart = echarts.getInstanceByDom(place);
          const point = chart.getOption().series[0].data.find(each => each.name === name);
          const [x, y] = chart.convertToPixel({seriesIndex: 0}, point.value);
          const box = place.getBoundingClientRect();
          return [box.x + x, box.y + y];
        }""";
    List<?> at = (List<?>) page.evaluate(where, variant);
    page.mouse().click(((Number) at.get(0)).doubleValue(), ((Number) at.get(1)).doubleValue());
  }
}
