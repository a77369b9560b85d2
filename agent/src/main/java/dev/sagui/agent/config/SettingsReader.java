/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.artifact.BlobAddress;
import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.ProfileMatch;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.wire.Topics;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns configuration into settings, or into one message with every mistake in it. */
public final class SettingsReader {
  private final List<String> mistakes = new ArrayList<>();

  /**
   * @throws RejectedException BAD_CONFIG, naming every mistake
   */
  public Settings read(SmallRyeConfig source) {
    AgentConfig config = mapped(source);
    DeviceId device = attempt("sagui.device", () -> new DeviceId(deviceId(config)));
    ProfileMatch profile =
        attempt("sagui.profile", () -> new ProfileFiles(config.profiles()).get(config.profile()));
    Map<String, String> labels = attempt("sagui.labels", () -> labels(config));
    Topics topics =
        attempt("sagui.topics", () -> new Topics(config.topics().root(), config.topics().tenant()));
    TrustedKey trust = attempt("sagui.trust", () -> trust(config));
    attempt("sagui.serve.port", () -> within(config.serve().port(), 0, 65_535));
    attempt("sagui.mqtt.url", () -> broker(config));
    attempt(
        "sagui.report.interval", () -> within(config.report().interval().toSeconds(), 1, 86_400));
    attempt("sagui.fetch.http", () -> own(config.fetch()));
    attempt("sagui.fetch.allow", () -> allowed(config.fetch()));
    attempt("sagui.fetch.rate", () -> within(config.fetch().rate(), 0, Long.MAX_VALUE));
    attempt("sagui.neighbours.rate", () -> within(config.neighbours().rate(), 0, Long.MAX_VALUE));
    attempt("sagui.update.soak", () -> within(config.update().soak().toSeconds(), 0, 604_800));
    attempt("sagui.store.quota", () -> within(config.store().quota(), 0, Long.MAX_VALUE));
    attempt("sagui.update.window", () -> window(config.update().window()));
    attempt("sagui.bench.window", () -> window(config.bench().window()));
    attempt("sagui.bench.idle", () -> within(config.bench().idle().toSeconds(), 0, 86_400));
    attempt("sagui.bench.time", () -> within(config.bench().time().toSeconds(), 1, 600));
    attempt("sagui.bench.bytes", () -> within(config.bench().bytes(), 1, Long.MAX_VALUE));
    attempt("sagui.threads", () -> within(config.threads().orElse(1), 1, 256));
    if (device == null
        || profile == null
        || labels == null
        || topics == null
        || trust == null
        || !mistakes.isEmpty()) {
      throw new RejectedException(FailureCode.BAD_CONFIG, String.join("\n", mistakes));
    }
    return settings(config, device, profile, labels, topics, trust);
  }

  private AgentConfig mapped(SmallRyeConfig source) {
    try {
      return source.getConfigMapping(AgentConfig.class);
    } catch (ConfigValidationException e) {
      throw mistakes(e);
    }
  }

  /** All that SmallRye found, as one BAD_CONFIG. */
  public static RejectedException mistakes(ConfigValidationException e) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < e.getProblemCount(); i++) {
      all.add(
          e.getProblem(i)
              .getMessage()
              .replaceFirst("^[\\w.]+Exception: ", "")
              .replaceAll("SRCFG\\d+: ?", ""));
    }
    return new RejectedException(FailureCode.BAD_CONFIG, String.join("\n", all), e);
  }

  private static Settings settings(
      AgentConfig config,
      DeviceId device,
      ProfileMatch match,
      Map<String, String> labels,
      Topics topics,
      TrustedKey trust) {
    int cores = Runtime.getRuntime().availableProcessors();
    DeviceProfile profile = match.profile();
    return new Settings(
        config.home(),
        device,
        profile,
        match.reason(),
        labels,
        config.mqtt().url(),
        config.mqtt().username(),
        config.mqtt().password(),
        keystore(config.mqtt().keystore()),
        topics,
        trust,
        config.serve().host(),
        config.serve().port(),
        config.threads().orElse(Math.min(cores, profile.threads())),
        config.report().interval(),
        config.fetch().rate(),
        new WebSettings(own(config.fetch()), allowed(config.fetch())),
        shared(config.neighbours()),
        config.update().soak(),
        window(config.update().window()),
        config.store().quota(),
        bench(config.bench(), profile.conditions()));
  }

  private static Optional<KeystoreFile> keystore(AgentConfig.Mqtt.Keystore keys) {
    return keys.file().map(file -> new KeystoreFile(file, keys.password().orElse("")));
  }

  private static Optional<WebServer> own(AgentConfig.Fetch fetch) {
    return fetch.http().map(BlobAddress::new).map(at -> WebServer.configured(at, fetch.token()));
  }

  private static OptionalLong shared(AgentConfig.Neighbours neighbours) {
    return neighbours.serve() ? OptionalLong.of(neighbours.rate()) : OptionalLong.empty();
  }

  private static Origins allowed(AgentConfig.Fetch fetch) {
    return fetch.allow().map(Origins::parse).orElse(Origins.NONE);
  }

  private static BenchSettings bench(AgentConfig.Bench bench, Conditions conditions) {
    return new BenchSettings(
        bench.enabled(),
        bench.idle(),
        window(bench.window()),
        Math.min(bench.celsius(), conditions.coolCelsius().orElse(bench.celsius())),
        bench.bytes(),
        bench.time());
  }

  private <T> @Nullable T attempt(String key, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException | RejectedException e) {
      mistakes.add(key + ": " + e.getMessage());
      return null;
    }
  }

  private static Long within(long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException("must be %d to %d, found %d".formatted(low, high, value));
    }
    return value;
  }

  private static MaintenanceWindow window(Optional<String> hours) {
    return hours.map(MaintenanceWindow::parse).orElse(MaintenanceWindow.ALWAYS);
  }

  private static String broker(AgentConfig config) {
    String scheme = String.valueOf(config.mqtt().url().getScheme());
    if (config.mqtt().url().getHost() == null || !scheme.matches("tcp|ssl|ws|wss")) {
      throw new IllegalArgumentException(
          "must be like tcp://host:1883, found '" + config.mqtt().url() + "'");
    }
    return scheme;
  }

  private static String deviceId(AgentConfig config) {
    return config
        .device()
        .orElseGet(
            () -> {
              try {
                return InetAddress.getLocalHost().getHostName();
              } catch (UnknownHostException e) {
                throw new IllegalArgumentException("this host has no name; set it", e);
              }
            });
  }

  private static Map<String, String> labels(AgentConfig config) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : config.labels().map(text -> text.split(",")).orElse(new String[0])) {
      int at = pair.indexOf('=');
      if (at < 1) {
        throw new IllegalArgumentException("must be key=value,key=value, found '" + pair + "'");
      }
      labels.put(pair.substring(0, at).strip(), pair.substring(at + 1).strip());
    }
    return labels;
  }

  private static TrustedKey trust(AgentConfig config) {
    Path local = Path.of(System.getProperty("user.home"), ".sagui", "controller", "trust.pub");
    Path own = config.home().resolve("trust.pub");
    Path file = config.trust().orElse(Files.exists(own) ? own : local);
    try {
      return TrustedKey.parsePem(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read '%s'; copy the controller's trust.pub there, or name it".formatted(file), e);
    }
  }
}
