/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * FastAPI, uvicorn and ONNX Runtime in a Python environment of its own, installed by pip.
 *
 * @param python its interpreter
 */
record Peer(Workshop workshop, Path python) {
  private static final Duration INSTALL = Duration.ofMinutes(5);

  static Peer install(Workshop workshop) {
    Path venv = workshop.cache().resolve("venv");
    Path python = venv.resolve("bin/python");
    Path marker = venv.resolve("installed");
    if (!Files.exists(marker)) {
      run(workshop, List.of("python3", "-m", "venv", venv.toString()));
      String wanted = workshop.root().resolve("deploy/bench/requirements.txt").toString();
      run(workshop, List.of(python.toString(), "-m", "pip", "install", "-q", "-r", wanted));
      run(workshop, List.of("touch", marker.toString()));
    }
    return new Peer(workshop, python);
  }

  Program serve(Path model, int port) {
    Path script = workshop.root().resolve("deploy/bench/fastapi_peer.py");
    List<String> command =
        List.of(python.toString(), script.toString(), model.toString(), Integer.toString(port));
    Map<String, String> env = Map.of("ORT_DISABLE_TELEMETRY", "1");
    return Program.start("peer " + port, command, env, workshop.log("peer " + port));
  }

  /** What was installed, for the table's head. */
  String versions() {
    String script =
        "import sys, importlib.metadata as m; print('peer: Python %s, ' % sys.version.split()[0]"
            + " + ', '.join('%s %s' % (p, m.version(p)) for p in"
            + " ('fastapi', 'uvicorn', 'onnxruntime', 'numpy')))";
    return run(workshop, List.of(python.toString(), "-c", script)).strip();
  }

  private static String run(Workshop workshop, List<String> command) {
    return Program.run("peer install", command, INSTALL, workshop.log("peer install"));
  }
}
