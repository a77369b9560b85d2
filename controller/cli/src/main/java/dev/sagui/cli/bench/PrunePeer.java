/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Torch-Pruning, on the PyTorch of the system's Python, as pip's would bring gigabytes for GPUs.
 *
 * @param python of an environment that has both
 */
record PrunePeer(Workshop workshop, Path python) {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String SYSTEM_PYTHON = "/usr/bin/python3";
  private static final String REQUIREMENTS = "deploy/bench/prune-requirements.txt";

  /**
   * A file that it made.
   *
   * @param removed share of the multiplications that went
   */
  record Made(Path file, double removed) {}

  /**
   * @throws BenchException when there is no PyTorch
   */
  static PrunePeer install(Workshop workshop, Consumer<String> progress) {
    Path venv = workshop.cache().resolve("venv-prune");
    Path python = venv.resolve("bin/python");
    Path marker = venv.resolve("installed");
    if (!Files.exists(marker)) {
      progress.accept("peer: a Python environment with torch-pruning");
      Path log = workshop.log("peer install");
      requireTorch(log);
      String folder = venv.toString();
      run("venv", log, SYSTEM_PYTHON, "-m", "venv", "--system-site-packages", folder);
      String wanted = workshop.root().resolve(REQUIREMENTS).toString();
      run("pip", log, python.toString(), "-m", "pip", "install", "-q", "--no-deps", "-r", wanted);
      run("touch", log, "touch", marker.toString());
    }
    return new PrunePeer(workshop, python);
  }

  private static void requireTorch(Path log) {
    try {
      run("torch", log, SYSTEM_PYTHON, "-c", "import torch, onnx");
    } catch (BenchException e) {
      throw new BenchException(
          "expected PyTorch and ONNX in %s, found none; try".formatted(SYSTEM_PYTHON)
              + " 'apt-get install python3-venv python3-torch python3-onnx'",
          e);
    }
  }

  private static String run(String name, Path log, String... command) {
    return Program.run(name, List.of(command), LIMIT, log);
  }

  /**
   * Prunes by its default, without fine-tuning.
   *
   * @param share of the multiplications that should go
   * @throws BenchException with what it said
   */
  Made prune(Path model, double share) {
    Path out = workshop.folder("torch-pruning").resolve("model.onnx");
    String script = workshop.root().resolve("deploy/bench/prune_peer.py").toString();
    Path log = workshop.log("torch-pruning");
    String asked = Double.toString(share);
    run("torch-pruning", log, python.toString(), script, model.toString(), asked, out.toString());
    return new Made(out, Double.parseDouble(QuantizePeers.lastLine(log)));
  }

  /** For the table's head. */
  String versions() {
    String versions =
        "import torch; from importlib.metadata import version;"
            + "print('torch', torch.__version__, 'torch-pruning', version('torch-pruning'))";
    Path log = workshop.log("peer versions");
    return "peer: " + run("versions", log, python.toString(), "-c", versions).strip();
  }
}
