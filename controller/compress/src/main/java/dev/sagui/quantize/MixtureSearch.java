/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.Mixtures.Found;
import dev.sagui.quantize.mixed.Allocation;
import dev.sagui.quantize.mixed.Sensitivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A format for each weight in few bytes. The error that each weight alone brings to the outputs in
 * its smallest format and in int8 is measured, that of other formats follows from their steps,
 * {@link Allocation} chooses. What it chose is held against samples that neither rounding nor
 * choice has seen, and the aim corrected until it holds.
 */
final class MixtureSearch {
  private static final int ROUNDS = 8;

  /** Weights whose next smaller form is tried at the end; of many each is a small part. */
  private static final int MOST_STEPS = 16;

  private static final int MANY_STEPS = 4;

  private static final int MANY = 64;

  private static final int FEW = 6;

  /** Close enough to what is allowed to look no further. */
  private static final double CLOSE = 0.9;

  private final Mixtures mixtures;
  private final Map<String, Choices> choices;
  private final Progress progress;

  MixtureSearch(Mixtures mixtures, Progress progress) {
    this.mixtures = mixtures;
    this.choices = mixtures.choices();
    this.progress = progress;
  }

  /**
   * The fewest bytes found that hold. If none do: the least error found where bytes are limited,
   * else binary16, or the model as it is.
   *
   * @param moreBytes beyond those of all smallest formats, at most
   */
  StoredModel best(long moreBytes) throws IOException {
    Found best = mixtures.found(Choices::smallest);
    if (best.ratio() <= 1) {
      return best.model();
    }
    List<Sensitivity> sensitivities = mixtures.sensitivities(progress);
    long maxBytes = moreBytes == Long.MAX_VALUE ? moreBytes : best.bytes() + moreBytes;
    double aim = mixtures.room();
    for (int round = 0; round < ROUNDS; round++) {
      Found next = mixtures.chosen(Allocation.fewestBytes(sensitivities, aim, maxBytes));
      best = better(best, next);
      if (next.ratio() <= 1 && next.ratio() > CLOSE) {
        break;
      }
      double off = Math.max(0.3, Math.min(4, next.ratio() / Math.sqrt(CLOSE)));
      aim /= next.ratio() > 1 ? Math.max(1.5, off) : off;
      progress.at("choose formats", (round + 1.0) / ROUNDS);
    }
    if (best.ratio() <= 1) {
      best = leaner(best);
    }
    boolean mayStay = moreBytes == Long.MAX_VALUE;
    return best.ratio() <= 1 || !mayStay ? best.model() : safe();
  }

  /**
   * The least error found in a file of so many bytes. Sensitivities hold for small errors, so that
   * formats that are the same for all weights are tried too.
   *
   * @param maxBytes of the whole model, which a model of all smallest formats may exceed
   */
  StoredModel within(long maxBytes) throws IOException {
    Found best = mixtures.found(Choices::smallest);
    if (bytes(best.model()) >= maxBytes) {
      return best.model();
    }
    for (Map<String, PackedWeight> same : mixtures.alike()) {
      if (bytes(mixtures.model(same)) <= maxBytes) {
        best = nearer(best, mixtures.found(same));
      }
    }
    List<Sensitivity> sensitivities = mixtures.sensitivities(progress);
    long limit = maxBytes - bytes(best.model()) + best.bytes();
    for (int round = 0; round < ROUNDS; round++) {
      Found next = mixtures.chosen(Allocation.fewestBytes(sensitivities, 0, limit));
      long over = bytes(next.model()) - maxBytes;
      if (over <= 0) {
        return nearer(best, next).model();
      }
      limit -= over; // nodes of some formats take more than others'
    }
    return best.model();
  }

  private static long bytes(StoredModel stored) {
    return ModelWriter.bytes(stored.model());
  }

  private static Found nearer(Found a, Found b) {
    return b.ratio() < a.ratio() ? b : a;
  }

  /**
   * Tries the next smaller form of each weight, those that save most first; where weights are few,
   * also with the next larger form of another one.
   */
  private Found leaner(Found start) throws IOException {
    Found best = start;
    List<String> names = new ArrayList<>(choices.keySet());
    names.sort(Comparator.comparingLong(name -> -saved(name, start)));
    int steps = names.size() > MANY ? MANY_STEPS : Math.min(MOST_STEPS, names.size());
    for (String name : names.subList(0, steps)) {
      best = better(best, step(best, name, Optional.empty()));
      for (String other : names.size() > FEW ? List.<String>of() : names) {
        best = better(best, step(best, name, Optional.of(other)));
      }
    }
    return best;
  }

  /** One weight in less and another in more, if that saves bytes. */
  private Found step(Found now, String down, Optional<String> up) throws IOException {
    Map<String, PackedWeight> forms = new LinkedHashMap<>(now.forms());
    next(down, now, false).ifPresent(form -> forms.put(down, form));
    up.flatMap(name -> next(name, now, true)).ifPresent(form -> forms.put(up.orElseThrow(), form));
    boolean same = forms.equals(now.forms()) || up.filter(down::equals).isPresent();
    return same || mixtures.bytes(forms) >= now.bytes() ? now : mixtures.found(forms);
  }

  private long saved(String name, Found now) {
    Choices choice = Objects.requireNonNull(choices.get(name));
    PackedWeight form = Objects.requireNonNull(now.forms().get(name));
    return next(name, now, false).map(f -> choice.bytes(form) - choice.bytes(f)).orElse(0L);
  }

  private Optional<PackedWeight> next(String name, Found now, boolean larger) {
    Choices choice = Objects.requireNonNull(choices.get(name));
    long bytes = choice.bytes(Objects.requireNonNull(now.forms().get(name)));
    return larger
        ? choice.forms().stream()
            .filter(form -> choice.bytes(form) > bytes)
            .min(Comparator.comparingLong(choice::bytes))
        : choice.forms().stream()
            .filter(form -> choice.bytes(form) < bytes)
            .max(Comparator.comparingLong(choice::bytes));
  }

  /** As little as possible is stored, or nothing. */
  private StoredModel safe() throws IOException {
    Found finest = mixtures.found(Choices::finest);
    return finest.ratio() <= 1 ? finest.model() : mixtures.model(mixtures.each(Choices::last));
  }

  private static Found better(Found a, Found b) {
    if (a.ratio() <= 1 && b.ratio() <= 1) {
      return b.bytes() < a.bytes() ? b : a;
    }
    return b.ratio() < a.ratio() ? b : a;
  }
}
