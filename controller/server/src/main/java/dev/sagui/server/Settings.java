/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.server.mqtt.BrokerTls;
import dev.sagui.server.trust.Exposure;
import dev.sagui.server.work.Jobs;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checked configuration.
 *
 * @param quotaBytes that all blobs together may take
 * @param retention how long minutes of latency are kept
 * @param worker how fits, compressions and trainings are done
 * @param tls of our broker
 * @param chunkRate bytes a second that chunks may take; 0 is no limit
 * @param externalBroker where another broker listens; empty means that ours runs in this process
 */
public record Settings(
    Path home,
    String httpHost,
    int httpPort,
    Optional<String> token,
    String mqttHost,
    int mqttPort,
    Optional<URI> externalBroker,
    Optional<Login> login,
    Optional<BrokerTls> tls,
    long chunkRate,
    Topics topics,
    Optional<Path> profiles,
    long quotaBytes,
    Duration retention,
    Worker worker) {

  /**
   * How jobs are done.
   *
   * @param only for a controller, without being one
   */
  public record Worker(boolean only, Jobs.Pool pool) {}

  /** User name and password for the broker. */
  public record Login(String username, String password) {}

  /**
   * @throws RejectedException BAD_CONFIG, one line a mistake
   */
  public static Settings of(ControllerConfig config) {
    Check check = new Check();
    Settings settings = check.settings(config);
    check.end();
    return settings;
  }

  /** Collects mistakes instead of stopping at the first. */
  private static final class Check {
    private final List<String> mistakes = new ArrayList<>();

    Settings settings(ControllerConfig config) {
      ControllerConfig.Http http = config.http();
      ControllerConfig.Mqtt mqtt = config.mqtt();
      Exposure.mistake(
              "sagui.http.host", http.host(), http.token().isPresent(), "'sagui.http.token'")
          .ifPresent(mistakes::add);
      Optional<URI> external = external(mqtt);
      if (external.isEmpty()) {
        Exposure.mistake(
                "sagui.mqtt.host",
                mqtt.host(),
                (mqtt.username().isPresent() && mqtt.password().isPresent())
                    || mqtt.tls().truststore().file().isPresent(),
                "'sagui.mqtt.username' and 'sagui.mqtt.password', or 'sagui.mqtt.tls.truststore.file'")
            .ifPresent(mistakes::add);
      }
      return new Settings(
          home(config.home()),
          http.host(),
          port("sagui.http.port", http.port()),
          http.token(),
          mqtt.host(),
          port("sagui.mqtt.port", mqtt.port()),
          external,
          login(mqtt),
          BrokerTls.of(mqtt.tls(), mistakes),
          bytes("sagui.mqtt.rate", mqtt.rate()),
          topics(config.topics()),
          config.profiles().map(this::profiles),
          quota(bytes("sagui.store.quota", config.store().quota())),
          retention(config.store().retention()),
          worker(config.worker()));
    }

    private Path home(String text) {
      Path home = Path.of(text).toAbsolutePath().normalize();
      if (Files.exists(home) && !Files.isDirectory(home)) {
        mistakes.add("sagui.home: expected a folder, found the file '%s'".formatted(home));
      }
      return home;
    }

    private int port(String key, String text) {
      try {
        int port = Integer.parseInt(text.strip());
        if (port >= 0 && port <= 65535) {
          return port;
        }
      } catch (NumberFormatException e) {
        // reported below like a number out of range
      }
      mistakes.add("%s: expected a port from 0 to 65535, found '%s'".formatted(key, text));
      return 0;
    }

    private long bytes(String key, String text) {
      try {
        long bytes = Long.parseLong(text.strip());
        if (bytes >= 0) {
          return bytes;
        }
      } catch (NumberFormatException e) {
        // reported below like a negative one
      }
      mistakes.add("%s: expected bytes, 0 or more, found '%s'".formatted(key, text));
      return 0;
    }

    private static long quota(long bytes) {
      return bytes == 0 ? Long.MAX_VALUE : bytes;
    }

    private Duration retention(String text) {
      try {
        Duration retention = Duration.parse(text.strip());
        if (retention.compareTo(Duration.ofHours(1)) >= 0) {
          return retention;
        }
      } catch (DateTimeParseException e) {
        // reported below like one that is too short
      }
      mistakes.add(
          "sagui.store.retention: expected an ISO 8601 duration of an hour or more, found '%s'"
              .formatted(text));
      return Duration.ofDays(7);
    }

    private Worker worker(ControllerConfig.Worker worker) {
      flag("sagui.worker.only", worker.only());
      Jobs.Pool pool = new Jobs.Pool(jobs(worker.jobs()), heartbeat(worker.heartbeat()));
      return new Worker(worker.only().equals("true"), pool);
    }

    private int jobs(String text) {
      if (text.strip().matches("\\d{1,2}")) {
        return Integer.parseInt(text.strip());
      }
      mistakes.add("sagui.worker.jobs: expected 0 to 99, found '%s'".formatted(text));
      return 1;
    }

    private Duration heartbeat(String text) {
      try {
        Duration heartbeat = Duration.parse(text.strip());
        if (heartbeat.toMillis() >= 100 && heartbeat.toHours() < 1) {
          return heartbeat;
        }
      } catch (DateTimeParseException e) {
        // reported below like one out of range
      }
      mistakes.add(
          "sagui.worker.heartbeat: expected an ISO 8601 duration from PT0.1S to an hour, found '%s'"
              .formatted(text));
      return Duration.ofSeconds(5);
    }

    private void flag(String key, String text) {
      if (!text.matches("true|false")) {
        mistakes.add("%s: expected true or false, found '%s'".formatted(key, text));
      }
    }

    private Optional<URI> external(ControllerConfig.Mqtt mqtt) {
      flag("sagui.mqtt.embedded", mqtt.embedded());
      if (mqtt.embedded().equals("false") && mqtt.url().isEmpty()) {
        mistakes.add(
            "sagui.mqtt.url: expected tcp://HOST:PORT, as 'sagui.mqtt.embedded' is false; found nothing");
      }
      return mqtt.url().map(this::broker);
    }

    private URI broker(String text) {
      if (!text.matches("(tcp|ssl)://[^/:]+:\\d{1,5}")) {
        mistakes.add("sagui.mqtt.url: expected tcp://HOST:PORT, found '%s'".formatted(text));
        return URI.create("tcp://invalid:1");
      }
      return URI.create(text);
    }

    private Optional<Login> login(ControllerConfig.Mqtt mqtt) {
      if (mqtt.username().isPresent() != mqtt.password().isPresent()) {
        mistakes.add(
            "sagui.mqtt.username, sagui.mqtt.password: expected both or none, found one of them");
      }
      return mqtt.username().flatMap(name -> mqtt.password().map(word -> new Login(name, word)));
    }

    private Topics topics(ControllerConfig.TopicLevels levels) {
      try {
        return new Topics(levels.root(), levels.tenant());
      } catch (IllegalArgumentException e) {
        mistakes.add("sagui.topics: " + e.getMessage());
        return new Topics("invalid", "invalid");
      }
    }

    private Path profiles(String text) {
      Path folder = Path.of(text).toAbsolutePath().normalize();
      if (!Files.isDirectory(folder)) {
        mistakes.add(
            "sagui.profiles: expected a folder of profile files, found none at '%s'"
                .formatted(folder));
      }
      return folder;
    }

    void end() {
      if (!mistakes.isEmpty()) {
        throw new RejectedException(FailureCode.BAD_CONFIG, String.join("\n", mistakes));
      }
    }
  }
}
