/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import dev.sagui.cli.OutputOptions;
import dev.sagui.cli.ProgressLine;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.folder.RunWatch;
import java.util.Map;

/** Shows step, loss and rate of learning on the progress line. */
final class RunProgress implements RunWatch {
  private final String verb;
  private final ProgressLine line;
  private final OutputOptions output;
  private final Interrupt interrupt;

  RunProgress(TrainingVerb verb, ProgressLine line, OutputOptions output, Interrupt interrupt) {
    this.verb = verb.label();
    this.line = line;
    this.output = output;
    this.interrupt = interrupt;
  }

  @Override
  public void ready(Map<String, Object> facts) {
    line.close();
    RunFigures.lines(facts).forEach(output::remark);
  }

  @Override
  public void at(Now now) {
    interrupt.waitForCheckpoint();
    boolean planned = now.steps() != LoopOptions.UNPLANNED;
    line.at(now.told(verb), planned ? (double) now.done() / now.steps() : 0);
  }

  @Override
  public boolean stops() {
    return interrupt.asked();
  }
}
