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

  static native TemplateInstance index(
      long online,
      List<DeviceCard> devices,
      List<ModelCard> models,
      List<Overview.Release> releases,
      List<Overview.Entry> events);

  static native TemplateInstance summary(
      long online, List<DeviceCard> devices, List<ModelCard> models);

  static native TemplateInstance devices(List<DeviceCard> devices);

  static native TemplateInstance models(List<ModelCard> models);

  static native TemplateInstance releases(List<Overview.Release> releases);

  static native TemplateInstance events(List<Overview.Entry> events);
}
