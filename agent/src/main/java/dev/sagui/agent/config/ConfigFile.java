/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;

/**
 * Where settings come from: system properties, the environment, and the file that the launcher
 * names.
 */
public final class ConfigFile {
  private static final int ORDINAL = 200; // below environment and system properties

  private ConfigFile() {}

  /**
   * @throws dev.sagui.failure.RejectedException BAD_CONFIG, naming every mistake
   */
  public static Settings read() throws IOException {
    return new SettingsReader().read(source());
  }

  private static SmallRyeConfig source() throws IOException {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().addDefaultSources().addDefaultInterceptors();
    String location = System.getProperty("smallrye.config.locations");
    if (location != null) { // read here: the builder's own loader costs 60 ms of start
      URI file = URI.create(location);
      builder.withSources(new PropertiesConfigSource(file.toURL(), ORDINAL));
    }
    try {
      return builder.withMapping(AgentConfig.class).build();
    } catch (ConfigValidationException e) {
      throw SettingsReader.mistakes(e);
    }
  }
}
