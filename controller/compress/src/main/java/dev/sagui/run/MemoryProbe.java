/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Measures a model's peak memory in a process of its own: how far loading it and one run lift the
 * anonymous resident memory over that of the same process before.
 *
 * <p>Anonymous memory ({@code RssAnon} of {@code /proc/self/status}, proc(5)) is what a device must
 * have: pages of a mapped file count as resident too, but the system takes them back when memory is
 * short. The system keeps a high-water mark ({@code VmHWM}) of all resident pages only, hence a
 * thread that samples {@code RssAnon} every 2 ms; a peak that is shorter than that can be missed.
 * The child's own heap is small and touched beforehand, so that its garbage does not count.
 */
public final class MemoryProbe {
  private static final int TIMEOUT_SECONDS = 120;
  private static final int PERIOD_MILLIS = 2;
  private static final String KEY = "RssAnon:";
  private static final Path STATUS = Path.of("/proc/self/status");

  private MemoryProbe() {}

  /**
   * Bytes; empty where the system does not tell (no {@code /proc}), or the process did not end well
   * within two minutes. An interrupt ends the child, and is kept.
   *
   * @param model an {@code .onnx} file or a folder with one
   * @param inputs of one run
   */
  public static OptionalLong peakBytes(Path model, List<Tensor> inputs) throws IOException {
    if (!Files.exists(STATUS)) {
      return OptionalLong.empty();
    }
    Path data = Files.createTempFile("sagui-probe", ".safetensors");
    try {
      Files.write(data, Safetensors.write(inputs));
      return measured(OnnxModel.open(model).file(), data);
    } finally {
      Files.delete(data);
    }
  }

  private static OptionalLong measured(Path modelFile, Path data) throws IOException {
    Path told = Files.createTempFile("sagui-probe", ".bytes");
    Process process = child(modelFile, data, told);
    Thread end = new Thread(process::destroyForcibly, "sagui-probe-end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      String text = Files.readString(told, StandardCharsets.US_ASCII).strip();
      return ended && process.exitValue() == 0 && text.matches("\\d+")
          ? OptionalLong.of(Long.parseLong(text))
          : OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    } finally {
      process.destroyForcibly();
      forget(end);
      Files.delete(told);
    }
  }

  private static Process child(Path modelFile, Path data, Path told) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms16m",
            "-Xmn4m",
            "-XX:+AlwaysPreTouch",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryProbe.class.getName(),
            modelFile.toString(),
            data.toString());
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.redirectOutput(told.toFile());
    return builder.start();
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends already, and the hook runs
    }
  }

  /** The child process: prints the bytes. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<Tensor> inputs = Safetensors.parse(Files.readAllBytes(Path.of(args[1])));
    OrtModel.runtimeVersion();
    Sampler sampler = new Sampler();
    long before = anonymousBytes();
    sampler.start();
    try (OrtModel session = OrtModel.open(Path.of(args[0]), 1)) {
      session.time(inputs);
    }
    System.out.println(Math.max(0, sampler.end() - before));
  }

  private static long anonymousBytes() throws IOException {
    try (RandomAccessFile status = new RandomAccessFile(STATUS.toFile(), "r")) {
      byte[] text = new byte[4096];
      int length = status.read(text);
      int at = new String(text, 0, length, StandardCharsets.US_ASCII).indexOf(KEY) + KEY.length();
      long kilobytes = 0;
      for (; text[at] != '\n'; at++) {
        kilobytes = Character.isDigit(text[at]) ? 10 * kilobytes + text[at] - '0' : kilobytes;
      }
      return kilobytes << 10;
    }
  }

  /** Keeps the highest reading. */
  private static final class Sampler extends Thread {
    private volatile boolean ended;
    private long peak;

    Sampler() {
      super("sagui-probe-sampler");
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        while (!ended) {
          peak = Math.max(peak, anonymousBytes());
          Thread.sleep(PERIOD_MILLIS);
        }
      } catch (IOException | InterruptedException e) {
        peak = 0;
      }
    }

    long end() throws InterruptedException, IOException {
      ended = true;
      join();
      return Math.max(peak, anonymousBytes());
    }
  }
}
