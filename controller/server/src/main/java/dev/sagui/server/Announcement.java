/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where this controller listens, as a file that appears complete. */
final class Announcement {
  private static final String FILE = "controller.json";

  private Announcement() {}

  static void write(Path home, String httpUrl, URI mqttUrl) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("http_url", httpUrl);
    map.put("mqtt_url", mqttUrl.toString());
    map.put("trust", home.resolve("trust.pub").toString());
    map.put("pid", ProcessHandle.current().pid());
    Path part = Files.write(home.resolve(FILE + ".part"), Json.pretty(map));
    Files.move(part, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }
}
