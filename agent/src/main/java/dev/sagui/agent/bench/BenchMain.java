/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.agent.engine.OrtEngine;
import dev.sagui.agent.trial.ChildMemory;
import dev.sagui.agent.trial.Orphan;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A bench's process: reads a task from its input, measures, writes the result as one line. Anything
 * but exit code 0 means that it did not come to an end.
 */
final class BenchMain {
  private BenchMain() {}

  public static void main(String[] args) throws IOException {
    ChildMemory.offerToTheOomKiller();
    Orphan.endsWithItsParent();
    BenchTask task = BenchTask.parse(System.in.readAllBytes());
    Map<String, Object> said;
    OrtEngine engine = new OrtEngine(Path.of(args[0]));
    engine.load();
    Storage storage = new Storage(Path.of(args[0]), System::nanoTime); // holds the runtime itself
    try (Race race = new Race(engine, Board.here(), storage, System::nanoTime)) {
      said = Map.of("result", race.run(task).json());
    } catch (RejectedException e) {
      said = Map.of("failure", ChildMemory.failure(e).json());
    }
    System.out.writeBytes(Json.write(said));
    System.out.flush();
    Runtime.getRuntime().halt(0); // nothing that a native library does at exit counts
  }
}
