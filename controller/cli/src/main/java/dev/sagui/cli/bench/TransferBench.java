/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.cli.bench.DigitsTrial.Outcome;
import dev.sagui.cli.bench.DigitsTrial.Trained;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The demo's nets adapt to handwritten digits: the autoencoder of clothes in a simpler form. */
final class TransferBench implements Benchmark {
  private static final int SEEDS = 5;

  private static final List<String> NOTES =
      List.of(
          "−ELBO in nats of %,d digits that no run sees, mean ± 95 %% confidence over %d seeds; each"
                  .formatted(DigitsTrial.JUDGED, SEEDS)
              + " seed draws other digits: %d to learn on, %d that choose when to stop."
                  .formatted(DigitsTrial.LEARNT, DigitsTrial.STOPPING),
          "Adapted: one run of `sagui transfer` with `student: {flops: 0.5}`, %d steps of %d digits,"
                  .formatted(DigitsTrial.STEPS, DigitsTrial.BATCH)
              + " Adam at 1e-3. From scratch: the same two graphs with He's random weights, the same"
              + " digits and steps, at the better of the rates 1e-3 and 3e-3. Seconds are of a run,"
              + " the making of the student included; %d threads.".formatted(DigitsTrial.THREADS),
          "FLOPs of decoder and encoder together, to those of the two originals.",
          "ESRGAN-slim gets digits of 14 × 14 pixels and shall give those of 28 × 28: %d to learn on,"
                  .formatted(EnlargedDigits.LEARNT)
              + " PSNR on %d others; %d steps of 16, Adam at 3e-4, L1; lora of rank 8."
                  .formatted(EnlargedDigits.JUDGED, EnlargedDigits.STEPS));

  private final Workshop workshop;
  private final Consumer<String> progress;
  private final TableParts table;

  TransferBench(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "train-transfer";
  }

  @Override
  public String summary() {
    return "nets for other pictures adapt to 200 digits";
  }

  @Override
  public Table run(LocalDate today) {
    Digits digits = Digits.fetch(workshop);
    table.part("Fashion VAE to digits", () -> autoencoder(digits));
    EnlargedDigits enlarged = new EnlargedDigits(workshop, digits);
    for (String method : List.of("full", "lora")) {
      table.part("ESRGAN-slim x2, " + method, () -> table.add(enlarged.row(method)));
    }
    return table.table(this, "Transfer to other data", today, "", Optional.empty(), NOTES);
  }

  private void autoencoder(Digits digits) {
    DigitsTrial trial = new DigitsTrial(workshop, digits);
    double unadapted = trial.unadapted();
    double narrowed = trial.narrowed();
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      outcomes.add(trial.of(seed));
      progress.accept("seed %d: %s".formatted(seed, outcomes.get(seed)));
    }
    double flops = interval(outcomes, Outcome::flops).mean();
    String cost = String.format(Locale.ROOT, "%.2f × FLOPs; ", flops);
    Function<Outcome, Trained> scratch = better(outcomes);
    table.add(Row.alone("VAE of clothes, as it is", nats(unadapted)));
    table.add(Row.alone("made simpler, not adapted", cost + nats(narrowed)));
    List<Goal> goals = new ArrayList<>();
    goals.add(Goal.atMost(flops, 0.5, "%.2f × FLOPs"));
    goals.add(gain(outcomes, "from scratch", outcome -> scratch.apply(outcome).nats()));
    goals.add(gain(outcomes, "as it is", outcome -> unadapted));
    goals.add(gain(outcomes, "not adapted", outcome -> narrowed));
    table.add(
        Row.judged(
            "made simpler and adapted",
            cost + told(outcomes, Outcome::adapted),
            "from scratch: " + told(outcomes, scratch),
            goals));
  }

  private static String nats(double value) {
    return String.format(Locale.ROOT, "%.1f nats", value);
  }

  private static Interval interval(List<Outcome> outcomes, Function<Outcome, Double> value) {
    return Interval.of(outcomes.stream().map(value).toList());
  }

  /** From scratch at the rate that is better on average. */
  private static Function<Outcome, Trained> better(List<Outcome> outcomes) {
    double slow = interval(outcomes, outcome -> outcome.slow().nats()).mean();
    double fast = interval(outcomes, outcome -> outcome.fast().nats()).mean();
    return slow < fast ? Outcome::slow : Outcome::fast;
  }

  private static Goal gain(List<Outcome> outcomes, String than, Function<Outcome, Double> worse) {
    Interval gain = interval(outcomes, each -> worse.apply(each) - each.adapted().nats());
    return new Goal("%s nats better than %s, > 0".formatted(gain, than), gain.low() > 0);
  }

  private static String told(List<Outcome> outcomes, Function<Outcome, Trained> of) {
    Interval nats = interval(outcomes, outcome -> of.apply(outcome).nats());
    double seconds = interval(outcomes, outcome -> of.apply(outcome).seconds()).mean();
    return String.format(Locale.ROOT, "%s nats, %.0f s", nats, seconds);
  }
}
