/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The quantizers of pip's onnxruntime and nncf in a Python environment of their own; each method
 * runs in a process of its own.
 *
 * @param python its interpreter
 */
record QuantizePeers(Workshop workshop, Path python) {
  private static final Duration INSTALL = Duration.ofMinutes(10);

  static QuantizePeers install(Workshop workshop, Consumer<String> progress) {
    Path venv = workshop.cache().resolve("venv-quantize");
    Path python = venv.resolve("bin/python");
    Path marker = venv.resolve("installed");
    if (!Files.exists(marker)) {
      progress.accept("peer: a Python environment with onnxruntime, nncf");
      Path log = workshop.log("peer install");
      Program.run("venv", List.of("python3", "-m", "venv", venv.toString()), INSTALL, log);
      List<String> pip = List.of(python.toString(), "-m", "pip", "install", "-q", "-r");
      List<String> command = new ArrayList<>(pip);
      command.add(workshop.root().resolve("deploy/bench/quantize-requirements.txt").toString());
      Program.run("pip", command, INSTALL, log);
      Program.run("touch", List.of("touch", marker.toString()), INSTALL, log);
    }
    return new QuantizePeers(workshop, python);
  }

  /**
   * Runs one method.
   *
   * @param more the number of samples, or nothing
   * @throws BenchException with the last line that it printed
   */
  MeasuredRun run(String method, Path model, Path calibration, Path out, String... more) {
    List<String> command = new ArrayList<>(List.of(python.toString(), script(), method));
    command.addAll(List.of(model.toString(), calibration.toString(), out.toString()));
    command.addAll(List.of(more));
    Path log = workshop.log("peer " + method + " " + model.getFileName());
    try {
      return MeasuredRun.of(method, command, log);
    } catch (BenchException e) {
      throw new BenchException(lastLine(log), e);
    }
  }

  /** What the ONNX checker says of each file: "ok" or its reason. */
  List<String> check(List<Path> files) {
    List<String> command = new ArrayList<>(List.of(python.toString(), script(), "check"));
    files.forEach(file -> command.add(file.toString()));
    String said = Program.run("check", command, INSTALL, workshop.log("peer check"));
    List<String> lines = said.lines().toList();
    return lines.subList(lines.size() - files.size(), lines.size());
  }

  /** For the table's head. */
  String versions() {
    try {
      Path wanted = workshop.root().resolve("deploy/bench/quantize-requirements.txt");
      return "peers: " + String.join(", ", Files.readAllLines(wanted)).replace("==", " ");
    } catch (IOException e) {
      throw new UncheckedIOException("reading the requirements failed: " + e.getMessage(), e);
    }
  }

  private String script() {
    return workshop.root().resolve("deploy/bench/quantize_peer.py").toString();
  }

  /** The last line of a program's output, which most often says why it ended. */
  static String lastLine(Path log) {
    try {
      List<String> lines = Files.readAllLines(log).stream().filter(l -> !l.isBlank()).toList();
      return lines.isEmpty() ? "ended without a word" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "its log could not be read: " + e.getMessage();
    }
  }
}
