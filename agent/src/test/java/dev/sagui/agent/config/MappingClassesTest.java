/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.smallrye.config.ConfigMappingLoader;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingClassesTest {
  @TempDir Path folder;

  @Test
  void theJarHasAClassForEachGroupOfKeysUnderTheNameThatIsLookedFor() throws Exception {
    Path jar = folder.resolve("agent.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new ZipEntry("README"));
    }
    MappingClasses.addTo(jar);
    MappingClasses.addTo(jar); // a second time changes nothing
    int found = 0;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      assertNotNull(loader.findResource("README"));
      for (var made : ConfigMappingLoader.getConfigMappingsMetadata(AgentConfig.class)) {
        String name = made.getClassName().replace('.', '/') + ".class";
        assertNotNull(loader.findResource(name), name);
        found++;
      }
    }
    long groups = 1 + AgentConfig.class.getDeclaredClasses().length;
    long nested = AgentConfig.Mqtt.class.getDeclaredClasses().length;
    assertEquals(groups + nested, found);
  }
}
