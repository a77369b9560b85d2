/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The routes of the Open Inference Protocol v2. */
final class ProtocolHandler implements HttpHandler {
  private static final String HEADER_LENGTH = "Inference-Header-Content-Length";

  /** An eighth of the heap: four threads read bodies, and JSON becomes a tensor beside its body. */
  private static final int MAX_BODY_BYTES =
      (int) Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 8);

  /** How much of a body that is too large is read for the sake of the answer. */
  private static final long DISCARDED_BYTES = 256L << 20;

  private final ModelTable models;
  private final AgentMetrics metrics;
  private final String version;
  private final AtomicInteger inFlight = new AtomicInteger();

  ProtocolHandler(ModelTable models, AgentMetrics metrics, String version) {
    this.models = models;
    this.metrics = metrics;
    this.version = version;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    long arrived = System.nanoTime();
    try (exchange) {
      try {
        route(exchange, arrived);
      } catch (RejectedException e) {
        error(exchange, status(e.code()), String.valueOf(e.getMessage()));
      }
    }
  }

  private static int status(FailureCode code) {
    return switch (code) {
      case NOT_FOUND -> 404;
      case PAYLOAD_TOO_LARGE -> 413;
      default -> 400;
    };
  }

  private void route(HttpExchange exchange, long arrived) throws IOException {
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    String last = path[path.length - 1];
    if (!path[1].equals("v2")) {
      throw notFound(exchange.getRequestURI().getPath());
    }
    if (path.length == 2) {
      get(exchange, server());
    } else if (path.length == 4 && path[2].equals("health") && last.matches("live|ready")) {
      get(exchange, Map.of(last, true));
    } else if (path.length >= 4 && path[2].equals("models")) {
      ServedModel model = model(path);
      switch (last) {
        case "infer" -> infer(exchange, model, arrived);
        case "ready" -> get(exchange, Map.of("name", path[3], "ready", true));
        default -> get(exchange, metadata(model));
      }
    } else {
      throw notFound(exchange.getRequestURI().getPath());
    }
  }

  /** {@code /v2/models/NAME[/versions/VERSION][/ready|/infer]}. */
  private ServedModel model(String[] path) {
    String all = String.join("/", path);
    int rest = path.length > 5 && path[4].equals("versions") ? 6 : 4;
    boolean known =
        path.length == rest
            || (path.length == rest + 1
                && (path[rest].equals("infer") || path[rest].equals("ready")));
    if (!known) {
      throw notFound(all);
    }
    return models
        .find(path[3])
        .filter(found -> rest == 4 || found.variant().value().equals(path[5]))
        .orElseThrow(() -> notFound(all));
  }

  private RejectedException notFound(String path) {
    return new RejectedException(
        FailureCode.NOT_FOUND,
        "nothing at '%s'; models served here: %s"
            .formatted(
                path, models.all().stream().map(m -> m.model() + "/" + m.variant()).toList()));
  }

  private void infer(HttpExchange exchange, ServedModel model, long arrived) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      methodNotAllowed(exchange, "POST");
      return;
    }
    long cpu = metrics.cpuNanos();
    inFlight.incrementAndGet();
    try {
      byte[] body = body(exchange);
      InferRequest request = InferRequest.parse(body, headerBytes(exchange, body.length));
      Answer answer = answer(model, request);
      send(exchange, InferResponse.of(answer.model(), request, answer.outputs()));
      long share = (metrics.cpuNanos() - cpu) / inFlight.get();
      metrics.recorded(answer.model(), System.nanoTime() - arrived, share);
    } catch (RejectedException e) {
      metrics.failed(model);
      throw e;
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private record Answer(ServedModel model, List<Tensor> outputs) {}

  /** Asks the model; if it was replaced since it was looked up, what replaced it. */
  private Answer answer(ServedModel model, InferRequest request) {
    try {
      return new Answer(model, model.session().infer(request.inputs()));
    } catch (RejectedException e) {
      ServedModel now = models.find(model.model().value()).orElse(model);
      if (e.code() != FailureCode.NOT_FOUND || now.equals(model)) {
        throw e;
      }
      return answer(now, request);
    }
  }

  private static int headerBytes(HttpExchange exchange, int bodyBytes) {
    String header = exchange.getRequestHeaders().getFirst(HEADER_LENGTH);
    try {
      return header == null ? bodyBytes : Integer.parseInt(header);
    } catch (NumberFormatException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, HEADER_LENGTH + " must be a number, found '" + header + "'", e);
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    try (InputStream in = exchange.getRequestBody()) {
      String declared = exchange.getRequestHeaders().getFirst("Content-Length");
      if (declared != null && Long.parseLong(declared) > MAX_BODY_BYTES) {
        throw tooLarge(in);
      }
      if (declared != null) {
        byte[] whole = new byte[Integer.parseInt(declared)];
        int read = in.readNBytes(whole, 0, whole.length);
        return read == whole.length ? whole : Arrays.copyOf(whole, read);
      }
      byte[] body = in.readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        throw tooLarge(in);
      }
      return body;
    }
  }

  /** Reads on, for a client that still sends does not see its answer. */
  private static RejectedException tooLarge(InputStream in) throws IOException {
    byte[] sink = new byte[16 * 1024];
    long left = DISCARDED_BYTES;
    for (int count = 0; count >= 0 && left > 0; left -= count) {
      count = in.read(sink);
    }
    return new RejectedException(
        FailureCode.PAYLOAD_TOO_LARGE,
        "a request may have %d bytes, this one has more".formatted(MAX_BODY_BYTES));
  }

  private static void send(HttpExchange exchange, InferResponse response) throws IOException {
    boolean binary = !response.binary().isEmpty();
    exchange
        .getResponseHeaders()
        .set("Content-Type", binary ? "application/octet-stream" : "application/json");
    if (binary) {
      exchange.getResponseHeaders().set(HEADER_LENGTH, Integer.toString(response.json().size()));
    }
    exchange.sendResponseHeaders(200, response.length());
    response.writeTo(exchange.getResponseBody());
  }

  private Map<String, Object> server() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", "sagui-agent");
    map.put("version", version);
    map.put("extensions", List.of("binary_tensor_data"));
    return map;
  }

  private static Map<String, Object> metadata(ServedModel model) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", model.model().value());
    map.put("versions", List.of(model.variant().value()));
    map.put("platform", "onnxruntime_onnx");
    map.put("inputs", model.inputs().stream().map(TensorInfo::json).toList());
    map.put("outputs", model.outputs().stream().map(TensorInfo::json).toList());
    return map;
  }

  private static void get(HttpExchange exchange, Map<String, ?> body) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      json(exchange, 200, Json.write(body));
    } else {
      methodNotAllowed(exchange, "GET");
    }
  }

  private static void methodNotAllowed(HttpExchange exchange, String allowed) throws IOException {
    exchange.getResponseHeaders().set("Allow", allowed);
    error(exchange, 405, "expected " + allowed + ", found " + exchange.getRequestMethod());
  }

  private static void error(HttpExchange exchange, int status, String message) throws IOException {
    json(exchange, status, Json.write(Map.of("error", message)));
  }

  private static void json(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
