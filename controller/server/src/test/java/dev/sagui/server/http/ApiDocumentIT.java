/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.json.Fields;
import dev.sagui.server.PackagedController;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API's document, and that answers keep to it. */
class ApiDocumentIT {
  @TempDir static Path home;

  private static PackagedController controller;
  private static Fields document;

  @BeforeAll
  static void start() throws Exception {
    controller = PackagedController.start(home);
    document = controller.get("/q/openapi?format=json");
    var model = java.net.http.HttpRequest.BodyPublishers.ofFile(PackagedController.DECODER);
    assertEquals(201, controller.importModel("decoder", model).statusCode());
    assertEquals(
        201,
        controller.put("/api/v1/data/decoder", "application/octet-stream", model).statusCode());
    String fit = "{\"profiles\":[\"raspberry-pi-5\"]}";
    assertEquals(202, controller.postJson("/api/v1/models/decoder/fits", fit).statusCode());
  }

  @AfterAll
  static void stop() {
    if (controller != null) {
      controller.close();
    }
  }

  @Test
  void everyOperationHasASummaryAndTypedAnswers() {
    Fields paths = document.object("paths");
    assertTrue(paths.keys().size() >= 10, paths.keys().toString());
    for (String path : paths.keys()) {
      for (String method : paths.object(path).keys()) {
        Fields operation = paths.object(path).object(method);
        assertFalse(operation.string("summary").isBlank(), path);
        assertTyped(path, operation.object("responses"));
      }
    }
  }

  private static void assertTyped(String path, Fields responses) {
    assertTrue(responses.keys().stream().anyMatch(code -> code.startsWith("2")), path);
    for (String code : responses.keys()) {
      if (code.equals("204")) {
        assertFalse(responses.object(code).has("content"), path);
        continue;
      }
      Fields content = responses.object(code).object("content");
      for (String type : content.keys()) {
        Fields schema = schema(content.object(type).object("schema"));
        assertFalse(schema.object("properties").keys().isEmpty(), path + " " + code);
        assertEquals(code.equals("default"), type.equals("application/problem+json"), path);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/models",
        "/models/{name}",
        "/fits",
        "/benches",
        "/compressions",
        "/data",
        "/trainings",
        "/data/{name}",
        "/devices",
        "/releases",
        "/rollouts",
        "/events",
        "/latency"
      })
  void answersAsItsDocumentSays(String path) throws Exception {
    Fields answer = controller.get("/api/v1" + path.replace("{name}", "decoder"));
    Fields ok = document.object("paths").object("/api/v1" + path).object("get").object("responses");
    assertKeeps(path, answer.values(), reference(ok.object("200")));
  }

  @Test
  void everyThingThatCanBeReadHasAnAddress() throws Exception {
    Fields paths = document.object("paths");
    for (String path : paths.keys()) {
      if (path.contains("{") && paths.object(path).has("get")) {
        Fields problem = controller.get(path.replaceAll("\\{[^}]*}", "7"));
        assertFalse(problem.string("detail").startsWith("nothing is at"), path);
      }
    }
  }

  @Test
  void answersProblemsAsItsDocumentSays() throws Exception {
    Fields problem = controller.get("/api/v1/models/none");
    assertKeeps("problem", problem.values(), component("Problem"));
    assertEquals(404, problem.integer("status"));
  }

  private static void assertKeeps(String at, Map<?, ?> answer, Fields schema) {
    Fields properties = schema.object("properties");
    for (Map.Entry<?, ?> member : answer.entrySet()) {
      String key = String.valueOf(member.getKey());
      assertTrue(properties.has(key), at + " answers '" + key + "', which its schema lacks");
      if (member.getValue() instanceof List<?> items && properties.object(key).has("items")) {
        Fields each = properties.object(key).object("items");
        items.stream()
            .filter(Map.class::isInstance)
            .forEach(item -> assertKeeps(at + "/" + key, (Map<?, ?>) item, schema(each)));
      }
    }
  }

  private static Fields reference(Fields response) {
    return schema(response.object("content").object("application/json").object("schema"));
  }

  private static Fields schema(Fields schema) {
    return schema.has("$ref") ? component(schema.string("$ref").replaceAll(".*/", "")) : schema;
  }

  private static Fields component(String name) {
    return document.object("components").object("schemas").object(name);
  }
}
