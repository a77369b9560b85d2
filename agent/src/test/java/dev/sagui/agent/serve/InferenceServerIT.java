/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.engine.FakeEngine;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol v2 over real HTTP. */
class InferenceServerIT {
  private static final TensorInfo X = new TensorInfo("x", DataType.FP32, List.of(-1L, 2L));
  private static final TensorInfo Y = new TensorInfo("y", DataType.FP32, List.of(-1L, 2L));
  private static final String INFER = "/v2/models/double/infer";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ModelTable models = new ModelTable();
  private final AgentMetrics metrics = new AgentMetrics("raspberry-pi-5");
  private InferenceServer server;

  @BeforeEach
  void start() throws IOException {
    server = InferenceServer.start("127.0.0.1", 0, models, metrics, "1");
    models.put(model("fp32"));
    models.desire(List.of(new ArtifactName("double")));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ServedModel model(String variant) {
    return new ServedModel(
        new ArtifactName("double"),
        new ArtifactName(variant),
        Digest.of(variant.getBytes(StandardCharsets.UTF_8)),
        List.of(X),
        List.of(Y),
        new FakeEngine().doubling(List.of(X), List.of(Y)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'7','inputs':[{'name':'x','shape':[2,2],'datatype':'FP32','data':[1,2,3,4.5]}]}",
        "{'inputs':[{'name':'x','shape':[2,2],'datatype':'FP32','data':[[1,2],[3,4.5]]}],'id':'7'}",
        "{'id':'7','inputs':[{'data':[[1,2],[3,4.5]],'name':'x','datatype':'FP32','shape':[2,2]}]}",
        "{'id':'7','inputs':[{'name':'x','shape':[2,2],'datatype':'FP32','data':[1,2,3,4.5]}],"
            + "'outputs':[{'name':'y'}],'unknown':{'a':[1]}}",
      })
  void answersJsonFlatOrNestedInAnyOrder(String body) throws Exception {
    HttpResponse<byte[]> response = post(INFER, body);
    assertEquals(200, response.statusCode());
    Fields answer = Fields.parse(response.body());
    assertEquals("double", answer.string("model_name"));
    assertEquals("fp32", answer.string("model_version"));
    assertEquals("7", answer.string("id"));
    assertEquals(
        "{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[2,2],\"data\":[2.0,4.0,6.0,9.0]}",
        answer.objects("outputs", Fields::toString).get(0));
  }

  @Test
  void answersBinaryTensorsWithTheSameValues() throws Exception {
    byte[] header =
        ("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\","
                + "\"parameters\":{\"binary_data_size\":8}}],"
                + "\"parameters\":{\"binary_data_output\":true}}")
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(header.length + 8).order(ByteOrder.LITTLE_ENDIAN).put(header);
    body.putFloat(1.25f).putFloat(-3);
    HttpResponse<byte[]> response = postBinary(body.array(), header.length);
    assertEquals(200, response.statusCode());
    int json =
        (int) response.headers().firstValueAsLong("Inference-Header-Content-Length").orElse(0);
    ByteBuffer values =
        ByteBuffer.wrap(response.body(), json, 8).slice().order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(2.5f, values.getFloat());
    assertEquals(-6f, values.getFloat());
    assertEquals(json + 8, response.body().length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not json|expected JSON",
        "{}|input 'x' is missing",
        "{'inputs':3}|'inputs' must be START_ARRAY",
        "{'inputs':[{'name':'x','shape':[1,3],'datatype':'FP32','data':[1,2,3]}]}|input 'x' must be FP32 [-1, 2], found FP32 [1, 3]",
        "{'inputs':[{'name':'x','shape':[1,2],'datatype':'INT64','data':[1,2]}]}|found INT64",
        "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1]}]}|must have 8 bytes, found 4",
        "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP99','data':[1]}]}|unknown datatype 'FP99'",
        "{'inputs':[{'name':'x','shape':[1,2],'data':[1,2]}]}|no 'datatype'",
        "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32'}]}|no 'data'",
        "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','parameters':{'binary_data_size':99}}]}|99",
        "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}],'outputs':[{'name':'z'}]}|asked was for 'z'",
      })
  void refusesABadRequestInOneSentence(String body, String sentence) throws Exception {
    HttpResponse<byte[]> response = post(INFER, body);
    assertEquals(400, response.statusCode());
    String error = Fields.parse(response.body()).string("error");
    assertTrue(error.contains(sentence), error);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v2,200",
    "GET,/v2/health/live,200",
    "GET,/v2/health/ready,200",
    "GET,/v2/models/double,200",
    "GET,/v2/models/double/ready,200",
    "GET,/v2/models/double/versions/fp32,200",
    "GET,/v2/models/double/versions/int8,404",
    "GET,/v2/models/other,404",
    "GET,/v2/models/other/ready,404",
    "GET,/v2/models/double/nonsense,404",
    "GET,/v2/nonsense,404",
    "GET,/v2/models/double/infer,405",
    "POST,/v2,405",
    "GET,/metrics,200",
  })
  void answersEveryRouteWithItsStatus(String method, String path, int status) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.url().resolve(path))
            .method(method, BodyPublishers.noBody())
            .build();
    assertEquals(status, http.send(request, BodyHandlers.ofString()).statusCode());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void survivesMutatedRequests(long seed) throws Exception {
    byte[] valid =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}"
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      byte[] mutated = Arrays.copyOf(valid, valid.length - random.nextInt(3));
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      int status = post(INFER, mutated).statusCode();
      assertTrue(status == 200 || status == 400, "status " + status);
    }
    assertEquals(200, post(INFER, valid).statusCode());
  }

  @Test
  void countsWhatItAnswered() throws Exception {
    post(INFER, "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}]}");
    post(INFER, "nonsense");
    String scrape =
        http.send(
                HttpRequest.newBuilder(server.url().resolve("/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    String labels = "{model=\"double\",profile=\"raspberry-pi-5\",variant=\"fp32\"}";
    assertTrue(scrape.contains("sagui_inference_latency_seconds_count" + labels + " 1"), scrape);
    assertTrue(scrape.contains("sagui_inference_failures_total" + labels + " 1.0"), scrape);
    assertTrue(scrape.contains("sagui_inference_cpu_seconds_total" + labels), scrape);
    assertTrue(scrape.contains("sagui_resident_memory_bytes"), scrape);
    assertTrue(scrape.lines().filter(l -> l.contains("_bucket{")).count() <= 20, scrape);
  }

  @Test
  void keepsAnsweringWhileAModelIsReplaced() throws Exception {
    Thread swapping =
        new Thread(
            () -> {
              for (int i = 0; i < 50; i++) {
                models.put(model("v" + i));
              }
            });
    swapping.start();
    for (int i = 0; i < 100; i++) {
      assertEquals(
          200,
          post(INFER, "{'inputs':[{'name':'x','shape':[1,2],'datatype':'FP32','data':[1,2]}]}")
              .statusCode());
    }
    swapping.join();
  }

  @Test
  void saysWhichPortIsTaken() {
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> InferenceServer.start("127.0.0.1", server.url().getPort(), models, metrics, "1"));
    assertEquals(FailureCode.PORT_IN_USE, e.code());
    assertTrue(e.getMessage().contains(":" + server.url().getPort()), e.getMessage());
  }

  @Test
  void showsTheModelsInputsAndOutputs() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(server.url().resolve("/v2/models/double")).build();
    Fields metadata = Fields.parse(http.send(request, BodyHandlers.ofByteArray()).body());
    assertArrayEquals(
        new long[] {-1, 2}, metadata.objects("inputs", i -> i.integers("shape")).get(0));
  }

  private HttpResponse<byte[]> post(String path, String body) throws Exception {
    return post(path, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<byte[]> post(String path, byte[] body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(server.url().resolve(path))
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> postBinary(byte[] body, int headerBytes) throws Exception {
    return http.send(
        HttpRequest.newBuilder(server.url().resolve(INFER))
            .header("Inference-Header-Content-Length", Integer.toString(headerBytes))
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofByteArray());
  }
}
