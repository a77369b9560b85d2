/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The machine that this process runs on, as a device. */
public final class HostMachine {
  private static final Set<String> TOLD =
      Set.of(
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx512f",
          "avx512vnni",
          "avx512_vnni",
          "avx_vnni",
          "amx_int8",
          "fp",
          "asimd",
          "crc32",
          "aes",
          "pmull",
          "sha1",
          "sha2",
          "fphp",
          "asimdhp",
          "asimddp",
          "i8mm",
          "bf16",
          "sve");

  private HostMachine() {}

  /** As {@code --profile} names it. */
  public static final String NAME = "this-machine";

  /** Its profile, speeds not measured; the flash is what the current folder's disk has free. */
  public static DeviceProfile profile() throws IOException {
    long ram = memoryTotal();
    int cores = Runtime.getRuntime().availableProcessors();
    long flash = Math.max(1, Files.getFileStore(Path.of("").toAbsolutePath()).getUsableSpace());
    return new DeviceProfile(
        new ArtifactName(NAME),
        "this machine",
        System.getProperty("os.arch"),
        List.copyOf(isaFlags()),
        cores,
        ram,
        cores,
        new Budget(flash, ram / 2, Double.POSITIVE_INFINITY),
        Optional.empty());
  }

  /** Whether this machine's integer kernels saturate where those of a format's devices do not. */
  public static boolean saturatesFor(Int8Format device) throws IOException {
    return !Int8Format.of(profile()).computes(device);
  }

  private static Set<String> isaFlags() throws IOException {
    Set<String> flags = new TreeSet<>();
    Path cpu = Path.of("/proc/cpuinfo");
    if (Files.exists(cpu)) {
      Files.readAllLines(cpu).stream()
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .limit(1)
          .flatMap(line -> Arrays.stream(line.substring(line.indexOf(':') + 1).split("\\s+")))
          .filter(TOLD::contains)
          .forEach(flags::add);
    }
    return flags;
  }

  private static long memoryTotal() throws IOException {
    Path memory = Path.of("/proc/meminfo");
    if (!Files.exists(memory)) {
      return Runtime.getRuntime().maxMemory();
    }
    return Files.readAllLines(memory).stream()
        .filter(line -> line.startsWith("MemTotal:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(Runtime.getRuntime().maxMemory());
  }
}
