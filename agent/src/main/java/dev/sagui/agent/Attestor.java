/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.Attestation;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * States, signed by this device, what it serves. Files are read for it when a release is new, when
 * they were written since, a day after they were read last, and when the controller asks of the
 * same models again; a statement says how old its reading is. Owned by the agent's thread.
 */
final class Attestor {
  private final Signer signer;
  private final Readings readings;
  private final Map<ArtifactName, Statement> statements = new HashMap<>();
  private Optional<Nonce> nonce = Optional.empty();
  private List<DesiredState.Slot> asked = List.of();

  /** Who states it, with which software. */
  record Signer(DeviceId device, SigningKey key, String agent, Supplier<String> runtime) {}

  private record Statement(Digest release, Nonce nonce, String envelope) {
    boolean answers(Reported.Running serving, Nonce asked) {
      return release.equals(serving.manifest()) && nonce.equals(asked);
    }
  }

  Attestor(Signer signer, Readings readings) {
    this.signer = signer;
    this.readings = readings;
  }

  /** What came of a bench job, signed by this device. */
  byte[] signed(BenchReport report) {
    return report.signed(signer.key);
  }

  /** The newest desired state asks; whether that is another question than before. */
  boolean challenge(DesiredState desired) {
    boolean another = !desired.nonce().equals(nonce);
    if (another && desired.slots().equals(asked)) {
      readings.forget(); // nothing but a question: it wants to know how things are now
    }
    nonce = desired.nonce();
    asked = desired.slots();
    return another;
  }

  /** The statement of what the slot has committed; empty while there is none. */
  Optional<String> of(SlotRecord slot) {
    if (!isDue(slot)) {
      return Optional.empty();
    }
    return Optional.ofNullable(statements.get(slot.model()))
        .filter(known -> known.answers(slot.serving().orElseThrow(), nonce.orElseThrow()))
        .map(Statement::envelope);
  }

  /** It is asked for, and the slot is not at work. */
  private boolean isDue(SlotRecord slot) {
    boolean resting = slot.state() == SlotState.IDLE || slot.state().isRefusal();
    return resting && slot.serving().isPresent() && nonce.isPresent();
  }

  /** States what is due as far as its files are read; whether there is a new statement. */
  boolean advance(List<SlotRecord> slots, long nowNanos) {
    List<ArtifactName> models = slots.stream().map(SlotRecord::model).toList();
    readings.keep(models);
    statements.keySet().retainAll(models);
    boolean news = false;
    for (SlotRecord slot : slots) {
      if (isDue(slot) && of(slot).isEmpty()) {
        news |= state(slot.model(), slot.serving().orElseThrow(), nowNanos);
      }
    }
    return news;
  }

  private boolean state(ArtifactName model, Reported.Running serving, long nowNanos) {
    Optional<Readings.Reading> reading = readings.of(model, serving.manifest(), nowNanos);
    if (reading.isEmpty()) {
      return false;
    }
    Nonce answered = nonce.orElseThrow();
    Attestation attestation =
        new Attestation(
            signer.device,
            model,
            serving.manifest(),
            reading.get().subject(),
            reading.get().age(nowNanos),
            serving.sequence(),
            answered,
            signer.agent,
            signer.runtime.get());
    String envelope = new String(signer.key.sign(attestation), StandardCharsets.US_ASCII);
    statements.put(model, new Statement(serving.manifest(), answered, envelope));
    return true;
  }

  /** Whether files are being read for a statement. */
  boolean isReading() {
    return readings.isBusy();
  }
}
