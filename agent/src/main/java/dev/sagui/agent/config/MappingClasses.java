/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import io.smallrye.config.ConfigMappingLoader;
import io.smallrye.config.ConfigMappingMetadata;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The classes that SmallRye Config makes of {@link AgentConfig} at each start unless the class path
 * has them: made once, they need no ASM at start, and a class archive can hold them.
 */
public final class MappingClasses {
  private MappingClasses() {}

  /** Puts them into the agent's jar, over what is there of them. */
  public static void addTo(Path jar) throws IOException {
    try (FileSystem classes = FileSystems.newFileSystem(jar)) {
      for (ConfigMappingMetadata made :
          ConfigMappingLoader.getConfigMappingsMetadata(AgentConfig.class)) {
        Path file = classes.getPath("/" + made.getClassName().replace('.', '/') + ".class");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, made.getClassBytes());
      }
    }
  }
}
