/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.AdversarialTraining;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.NetTraining;
import dev.sagui.train.Objective;
import dev.sagui.train.Parameters;
import dev.sagui.train.Scorer;
import dev.sagui.train.StepGraph;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A student that learns beside a critic of its first output. The critic looks at what teacher and
 * student make of the same inputs, other ones than the student learns on in that step.
 */
final class CriticBeside {
  private static final String TERM = "adversarial";

  private final AgainstCritic wanted;
  private final PatchCritic critic;
  private final String output;
  private final Parameters parameters;
  private final ByteBuffer values;

  private CriticBeside(AgainstCritic wanted, Tensor picture, long seed) {
    this.wanted = wanted;
    this.output = picture.name();
    this.critic = new PatchCritic(picture.shape(), wanted.channels());
    this.parameters = critic.parameters();
    this.values = critic.first(parameters, seed);
  }

  /**
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for a student that gives no pictures
   */
  static CriticBeside of(Distillation.Lesson lesson, AgainstCritic wanted) throws IOException {
    try (OrtModel session = OrtModel.open(lesson.student(), 1, false)) {
      Tensor picture = session.run(lesson.samples().first(1)).get(0);
      return new CriticBeside(wanted, picture, lesson.seed());
    }
  }

  /** What counts for the student, beside what counts already. */
  private Criterion with(Criterion others) {
    return new Criterion() {
      @Override
      public Map<String, Tensor> parameters() {
        return others.parameters();
      }

      @Override
      public List<Tensor> frozen() {
        return CriticBeside.this.parameters.views(values);
      }

      @Override
      public Terms add(GraphInMaking made) throws IOException {
        Terms terms = others.add(made);
        String fooling = wanted.loss().generator(made.emit(), critic.scores(made.emit(), output));
        Map<String, String> each = new LinkedHashMap<>(terms.each());
        each.put(TERM, fooling);
        String weighted = made.emit().multiply(fooling, wanted.weight());
        return new Terms(made.emit().add(terms.total(), weighted), each);
      }
    };
  }

  /**
   * @param plan of the student's training without a critic
   * @param batches for the critic, with the teacher's outputs
   */
  Training training(NetTraining.Plan plan, Batches batches, Scorer judge, TrainerOptions options)
      throws IOException {
    NetTraining student = NetTraining.of(plan.with(with(plan.criterion())), judge, options);
    List<Tensor> weights = student.parameters();
    GraphInMaking made = GraphInMaking.of(plan.net(), plan.inputs(), parameters, weights);
    Objective judging = Objective.of(graph(made), values, weights, batches, plan.shards());
    return new AdversarialTraining(student, judging, options, wanted.rate());
  }

  private StepGraph graph(GraphInMaking made) throws IOException {
    Feed real = made.input(ImitationLoss.target(output), DataType.FP32, made.shape(output));
    String taken = critic.scores(made.emit(), real.name());
    String loss = wanted.loss().critic(made.emit(), taken, critic.scores(made.emit(), output));
    Map<String, String> terms = Map.of("critic", loss);
    if (wanted.r1() > 0) {
      String slope = made.r1(critic.shares(made.emit(), taken), real.name());
      loss = made.emit().add(loss, made.emit().multiply(slope, wanted.r1()));
    }
    return made.minimise(loss, terms, Map.of());
  }
}
