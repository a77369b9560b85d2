/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.util.Optional;

/** One model of this device at run time: its record, and the fetch in work. Owned by the agent. */
final class Slot {
  private SlotRecord record;
  private Optional<ReleaseFetch> fetch = Optional.empty();
  private int chunksHave;
  private int chunksTotal;
  private long wireBytes;
  private long retryAtNanos;

  Slot(SlotRecord record) {
    this.record = record;
  }

  SlotRecord record() {
    return record;
  }

  void record(SlotRecord next) {
    record = next;
  }

  Optional<ReleaseFetch> fetch() {
    return fetch;
  }

  void begin(ReleaseFetch started) throws IOException {
    end();
    wireBytes = 0;
    chunksHave = 0;
    chunksTotal = 0;
    fetch = Optional.of(started);
  }

  void end() throws IOException {
    if (fetch.isPresent()) {
      note(fetch.get());
      fetch.get().close();
      fetch = Optional.empty();
    }
  }

  private void note(ReleaseFetch from) {
    chunksHave = from.chunksHave();
    chunksTotal = from.chunksTotal();
    wireBytes = from.wireBytes();
  }

  long retryAtNanos() {
    return retryAtNanos;
  }

  void retryAt(long nanos) {
    retryAtNanos = nanos;
  }

  Reported.Slot report() {
    fetch.ifPresent(this::note);
    return new Reported.Slot(
        record.model(),
        record.state(),
        record.serving(),
        record.target().map(SlotRecord.Target::manifest),
        chunksHave,
        chunksTotal,
        wireBytes,
        record.failure().or(this::trouble));
  }

  private Optional<Reported.Failure> trouble() {
    return fetch
        .flatMap(ReleaseFetch::trouble)
        .map(why -> new Reported.Failure(FailureCode.UNREACHABLE, why + "; asked again"));
  }
}
