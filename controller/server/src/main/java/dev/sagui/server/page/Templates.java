/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.List;

/** The page and its parts, each replaced as a whole when something in it changed. */
@CheckedTemplate(basePath = "page")
final class Templates {
  private Templates() {}

  /**
   * @param guarded whether readers have signed in, and can sign out
   */
  static native TemplateInstance index(Overview now, boolean guarded);

  /**
   * @param mistake what was wrong with the last try; empty at the first
   */
  static native TemplateInstance login(String mistake);

  static native TemplateInstance notice(String trouble);

  static native TemplateInstance summary(
      long online, List<DeviceCard> devices, List<ModelCard> models);

  static native TemplateInstance devices(List<DeviceCard> devices);

  static native TemplateInstance models(List<ModelCard> models);

  static native TemplateInstance releases(List<Overview.Release> releases);

  static native TemplateInstance events(List<Overview.Entry> events);
}
