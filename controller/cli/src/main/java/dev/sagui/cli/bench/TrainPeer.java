/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * PyTorch in an environment of its own.
 *
 * @param python its interpreter
 */
record TrainPeer(Workshop workshop, Path python) {
  private static final Duration INSTALL = Duration.ofMinutes(20);

  static TrainPeer install(Workshop workshop) {
    Path venv = workshop.cache().resolve("venv-train");
    Path python = venv.resolve("bin/python");
    Path marker = venv.resolve("installed");
    if (!Files.exists(marker)) {
      String wanted = workshop.root().resolve("deploy/bench/train-requirements.txt").toString();
      run(workshop, List.of("python3", "-m", "venv", venv.toString()));
      run(workshop, List.of(python.toString(), "-m", "pip", "install", "-q", "-r", wanted));
      run(workshop, List.of("touch", marker.toString()));
    }
    return new TrainPeer(workshop, python);
  }

  /** Trains a model on samples. */
  Stepper stepper(Path model, Path samples, int threads) {
    String script = workshop.root().resolve("deploy/bench/train_peer.py").toString();
    List<String> command =
        List.of(
            python.toString(),
            script,
            model.toString(),
            samples.toString(),
            Integer.toString(threads));
    return Stepper.start("PyTorch", command, workshop.log("train peer"));
  }

  String versions() {
    String script = "import torch; print('peer: PyTorch', torch.__version__)";
    return run(workshop, List.of(python.toString(), "-c", script)).strip();
  }

  private static String run(Workshop workshop, List<String> command) {
    return Program.run("peer install", command, INSTALL, workshop.log("peer install"));
  }
}
