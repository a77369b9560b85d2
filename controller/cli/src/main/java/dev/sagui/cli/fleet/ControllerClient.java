/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The controller's REST API. Every call throws RejectedException: with the problem's own code and
 * detail, or UNREACHABLE.
 */
public final class ControllerClient {
  private static final int UNAUTHORIZED = 401;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(10);

  /**
   * Not HTTP/2, which this client would ask for by an upgrade that the server now and then fails.
   */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  private final URI base;
  private final Optional<String> token;

  /**
   * A client of one controller.
   *
   * @param base for example {@code http://127.0.0.1:8080}
   */
  public ControllerClient(URI base, Optional<String> token) {
    this.base = base;
    this.token = token;
  }

  /** The controller that a user named, with the token of {@code SAGUI_TOKEN} or of a login. */
  public static ControllerClient named(String url) {
    return FleetOptions.client(url, System.getenv("SAGUI_TOKEN"));
  }

  /** The object at {@code path}, which starts with {@code /api/v1}. */
  public Fields get(String path) {
    return Fields.parse(send(path, "GET", BodyPublishers.noBody(), "application/json"));
  }

  /** What is at {@code path}, whatever it is. */
  byte[] bytes(String path) {
    return send(path, "GET", BodyPublishers.noBody(), "application/json");
  }

  /** The blob at {@code path} as a new file, without holding it in memory. */
  void download(String path, Path to) {
    HttpRequest request = request(path).timeout(ANSWER).GET().build();
    try {
      HttpResponse<Path> response = http.send(request, BodyHandlers.ofFile(to));
      if (response.statusCode() >= 400) {
        throw refused(request, response.statusCode(), Files.readString(to));
      }
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedException(FailureCode.UNREACHABLE, "interrupted", e);
    }
  }

  /** All items of a list, page after page. */
  public List<Fields> items(String path) {
    List<Fields> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      String separator = path.contains("?") ? "&" : "?";
      Fields page = get(path + cursor.map(c -> separator + "cursor=" + encoded(c)).orElse(""));
      all.addAll(page.objects("items", item -> item));
      cursor = page.findString("next");
    } while (cursor.isPresent());
    return all;
  }

  public Fields post(String path, Map<String, ?> body) {
    byte[] json = Json.write(body);
    return Fields.parse(send(path, "POST", BodyPublishers.ofByteArray(json), "application/json"));
  }

  void delete(String path) {
    send(path, "DELETE", BodyPublishers.noBody(), "application/json");
  }

  /** Uploads a file without holding it in memory. */
  public Fields upload(String path, Path file, String contentType) {
    return upload(path, "POST", file, contentType);
  }

  /** The same to the place that it shall have. */
  Fields put(String path, Path file, String contentType) {
    return upload(path, "PUT", file, contentType);
  }

  private Fields upload(String path, String method, Path file, String contentType) {
    try {
      return Fields.parse(send(path, method, BodyPublishers.ofFile(file), contentType));
    } catch (FileNotFoundException e) {
      throw new RejectedException(
          FailureCode.NOT_FOUND, "cannot read '%s': no such file".formatted(file), e);
    }
  }

  /** Passes each server-sent event's data on until the stream ends or the thread is interrupted. */
  public void stream(String path, Consumer<String> each) {
    HttpRequest request = request(path).header("Accept", "text/event-stream").GET().build();
    try {
      HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
      try (Stream<String> lines = response.body()) {
        if (response.statusCode() >= 400) {
          throw refused(request, response.statusCode(), lines.collect(Collectors.joining("\n")));
        }
        lines
            .filter(line -> line.startsWith("data:"))
            .map(line -> line.substring("data:".length()).strip())
            .forEach(each);
      }
    } catch (UncheckedIOException e) {
      throw unreachable(new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Percent-encodes one query value or path segment. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private byte[] send(String path, String method, BodyPublisher body, String contentType) {
    HttpRequest request =
        request(path)
            .timeout(ANSWER)
            .header("Content-Type", contentType)
            .method(method, body)
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() >= 400) {
        String answer = new String(response.body(), StandardCharsets.UTF_8);
        throw refused(request, response.statusCode(), answer);
      }
      return response.body();
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedException(FailureCode.UNREACHABLE, "interrupted", e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(base.resolve(path));
    token.ifPresent(t -> builder.header("Authorization", "Bearer " + t));
    return builder;
  }

  private RejectedException refused(HttpRequest request, int status, String body) {
    if (status != UNAUTHORIZED) {
      return problem(request, status, body);
    }
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "the controller at %s wants its token%s; give it once with 'sagui fleet login %s --token', or with --token or SAGUI_TOKEN"
            .formatted(base, token.isPresent() ? ", and that was another" : "", base));
  }

  private RejectedException unreachable(IOException e) {
    return new RejectedException(
        FailureCode.UNREACHABLE,
        "no controller answers at %s (%s); start one with 'sagui controller' or name it with --url"
            .formatted(
                base, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        e);
  }

  private static RejectedException problem(HttpRequest request, int status, String body) {
    try {
      Fields problem = Fields.parse(body.getBytes(StandardCharsets.UTF_8));
      FailureCode code =
          problem.has("code")
              ? problem.typed("code", FailureCode::valueOf)
              : FailureCode.BAD_REQUEST;
      return new RejectedException(code, problem.findString("detail").orElse("HTTP " + status));
    } catch (RejectedException e) {
      return new RejectedException(
          FailureCode.BAD_REQUEST,
          "%s %s answered %d without a problem document"
              .formatted(request.method(), request.uri(), status),
          e);
    }
  }
}
