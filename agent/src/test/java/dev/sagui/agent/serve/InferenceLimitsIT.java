/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.engine.FakeEngine;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lying, large and hurried clients get. */
class InferenceLimitsIT {
  private static final TensorInfo X = new TensorInfo("x", DataType.FP32, List.of(-1L, 2L));
  private static final TensorInfo Y = new TensorInfo("y", DataType.FP32, List.of(-1L, 2L));
  private static final String BINARY =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\","
          + "\"parameters\":{\"binary_data_size\":%s}}]}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ModelTable models = new ModelTable();
  private final FakeEngine engine = new FakeEngine();
  private InferenceServer server;

  @BeforeEach
  void start() throws IOException {
    server = InferenceServer.start("127.0.0.1", 0, models, new AgentMetrics("board"), "1");
    models.put(model("v0"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ServedModel model(String variant) {
    return new ServedModel(
        new ArtifactName("double"),
        new ArtifactName(variant),
        Digest.of(variant.getBytes(StandardCharsets.UTF_8)),
        List.of(X),
        List.of(Y),
        engine.doubling(List.of(X), List.of(Y)));
  }

  @ParameterizedTest
  @CsvSource({
    "8, 9",
    "8, 7",
    "8, 0",
    "4, 8",
    "16, 8",
    "-1, 8",
    "99999999999, 8",
    "2147483647, 8",
    "null, 8",
  })
  void refusesBinarySizesThatLie(String claimed, int sent) throws Exception {
    byte[] header = BINARY.formatted(claimed).getBytes(StandardCharsets.UTF_8);
    byte[] body = Arrays.copyOf(header, header.length + sent);
    assertRefused(post(body, Integer.toString(header.length)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0", "1", "9999999", "99999999999", "many", ""})
  void refusesHeaderLengthsThatLie(String length) throws Exception {
    assertRefused(post(BINARY.formatted("0").getBytes(StandardCharsets.UTF_8), length));
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    int limit = (int) Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 8);
    HttpResponse<byte[]> response = post(new byte[limit + 1], "2");
    assertEquals(413, response.statusCode());
    assertTrue(error(response).contains(Integer.toString(limit)));
    assertEquals(200, post(json(1), null).statusCode());
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void survivesMutatedBinaryRequests(long seed) throws Exception {
    byte[] header = BINARY.formatted("8").getBytes(StandardCharsets.UTF_8);
    byte[] valid = Arrays.copyOf(header, header.length + 8);
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] mutated = Arrays.copyOf(valid, valid.length + random.nextInt(5) - 2);
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      }
      int status = post(mutated, Integer.toString(header.length)).statusCode();
      assertTrue(status == 200 || status == 400, "status " + status + " at " + i);
    }
    assertEquals(200, post(valid, Integer.toString(header.length)).statusCode());
  }

  @Test
  void answersEachClientWithItsOwnWhileTheModelIsReplaced() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(4);
    AtomicBoolean done = new AtomicBoolean();
    try {
      List<Future<Integer>> asking = new ArrayList<>();
      for (int c = 1; c <= 4; c++) {
        float value = c;
        asking.add(clients.submit(() -> ask(value, done)));
      }
      for (int i = 1; i <= 3_000; i++) {
        models.put(model("v" + i));
        Thread.onSpinWait();
      }
      done.set(true);
      for (Future<Integer> one : asking) {
        assertTrue(one.get() > 0);
      }
      assertEquals(1, engine.openSessions());
    } finally {
      clients.shutdownNow();
    }
  }

  private int ask(float value, AtomicBoolean done) throws Exception {
    int asked = 0;
    while (!done.get() || asked == 0) {
      HttpResponse<byte[]> response = post(json(value), null);
      String body = new String(response.body(), StandardCharsets.UTF_8);
      assertEquals(200, response.statusCode(), body);
      assertTrue(body.contains("[" + 2 * value + "," + 2 * value + "]"), body);
      asked++;
    }
    return asked;
  }

  private static byte[] json(float value) {
    return ("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":["
            + value
            + ","
            + value
            + "]}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void assertRefused(HttpResponse<byte[]> response) {
    assertEquals(400, response.statusCode());
    assertTrue(error(response).length() > 10);
  }

  private static String error(HttpResponse<byte[]> response) {
    return Fields.parse(response.body()).string("error");
  }

  private HttpResponse<byte[]> post(byte[] body, String headerLength) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.url().resolve("/v2/models/double/infer"))
            .POST(BodyPublishers.ofByteArray(body));
    if (headerLength != null) {
      request.header("Inference-Header-Content-Length", headerLength);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }
}
