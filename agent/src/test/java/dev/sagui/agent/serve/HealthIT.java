/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.agent.engine.FakeEngine;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Live at once, ready when all that is desired serves. */
class HealthIT {
  private static final ArtifactName MODEL = new ArtifactName("double");
  private final ModelTable models = new ModelTable();

  @Test
  void isReadyOnlyWhileAllThatIsDesiredServes() throws Exception {
    try (InferenceServer server =
        InferenceServer.start("127.0.0.1", 0, models, new AgentMetrics("board"), "1")) {
      assertUnready(server, "the agent is starting");
      models.desire(List.of(MODEL));
      assertUnready(server, "desired but not served: double");
      models.put(model());
      assertEquals(200, get(server, "ready").statusCode());
      models.desire(List.of(MODEL, new ArtifactName("other")));
      assertUnready(server, "desired but not served: other");
      models.desire(List.of());
      assertEquals(200, get(server, "ready").statusCode());
    }
  }

  private static ServedModel model() {
    return new ServedModel(
        MODEL,
        new ArtifactName("fp32"),
        Digest.of(new byte[0]),
        List.of(),
        List.of(),
        new FakeEngine().doubling(List.of(), List.of()));
  }

  private static void assertUnready(InferenceServer server, String reason) throws Exception {
    HttpResponse<byte[]> response = get(server, "ready");
    assertEquals(503, response.statusCode());
    assertEquals(reason, Fields.parse(response.body()).string("error"));
    assertEquals(200, get(server, "live").statusCode());
  }

  private static HttpResponse<byte[]> get(InferenceServer server, String what) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.url().resolve("/v2/health/" + what)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
  }
}
