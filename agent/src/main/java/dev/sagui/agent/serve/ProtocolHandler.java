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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The routes of the Open Inference Protocol v2. */
final class ProtocolHandler implements HttpHandler {
  private static final String HEADER_LENGTH = "Inference-Header-Content-Length";

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
    } else if (path.length == 4 && path[2].equals("health") && last.equals("live")) {
      get(exchange, Map.of("live", true));
    } else if (path.length == 4 && path[2].equals("health") && last.equals("ready")) {
      ready(exchange);
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
    models.requests().came();
    long cpu = metrics.cpuNanos();
    inFlight.incrementAndGet();
    try {
      byte[] body = RequestBody.read(exchange);
      InferRequest request = InferRequest.parse(body, headerBytes(exchange, body.length));
      Answer answer = answer(model, request);
      send(exchange, InferResponse.of(answer.model(), request, answer.outputs()));
      long share = (metrics.cpuNanos() - cpu) / inFlight.get();
      metrics.recorded(answer.model(), System.nanoTime() - arrived, share);
    } catch (RejectedException e) {
      metrics.failed(model, e.code());
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

  private void ready(HttpExchange exchange) throws IOException {
    Optional<String> unready = models.findUnready();
    if (unready.isEmpty()) {
      get(exchange, Map.of("ready", true));
    } else {
      get(exchange, 503, Map.of("ready", false, "error", unready.get()));
    }
  }

  private static void get(HttpExchange exchange, Map<String, ?> body) throws IOException {
    get(exchange, 200, body);
  }

  private static void get(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      json(exchange, status, Json.write(body));
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
