/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.status;

import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.Use;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.Reported;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A standing for people. */
final class StatusText {
  private final Standing standing;
  private final Instant now;
  private final List<String> lines = new ArrayList<>();

  private StatusText(Standing standing, Instant now) {
    this.standing = standing;
    this.now = now;
  }

  static List<String> of(Standing standing, Instant now) {
    StatusText text = new StatusText(standing, now);
    text.agent();
    standing.record().slots().forEach(text::slot);
    text.store();
    return text.lines;
  }

  private void agent() {
    lines.add(
        "Agent %s on %s: %s"
            .formatted(
                standing.device(),
                standing.home(),
                standing
                    .process()
                    .map(
                        agent ->
                            "runs, pid %d, serves on %s".formatted(agent.pid(), agent.serveUrl()))
                    .orElse("does not run")));
    standing
        .keystore()
        .flatMap(file -> file.warning(now))
        .ifPresent(why -> lines.add("Warning: %s: %s".formatted(why.code(), why.message())));
    if (standing.record().slots().isEmpty()) {
      lines.add("No model is desired.");
    }
  }

  private void slot(SlotRecord slot) {
    lines.add("");
    lines.add("Model " + slot.model());
    add(
        "serves",
        slot.serving().map(Reported.Running::manifest).map(this::release).orElse("nothing"));
    add("state", slot.state().inWords() + since(slot));
    slot.target()
        .map(SlotRecord.Target::manifest)
        .filter(
            target -> !slot.serving().map(Reported.Running::manifest).equals(Optional.of(target)))
        .ifPresent(
            target -> add(slot.state().isRefusal() ? "refused" : "desired", release(target)));
    slot.failure().ifPresent(why -> add("reason", why.code() + ": " + why.message()));
    slot.previous().ifPresent(before -> add("previous", release(before)));
  }

  private String since(SlotRecord slot) {
    return Optional.ofNullable(standing.record().since().get(slot.model()))
        .map(
            since ->
                ", since %s (%s)"
                    .formatted(
                        since.truncatedTo(java.time.temporal.ChronoUnit.SECONDS), ago(since)))
        .orElse("");
  }

  private String ago(Instant since) {
    Duration past = Duration.between(since, now);
    if (past.isNegative()) {
      return "by a clock that was ahead";
    }
    long minutes = past.toMinutes();
    if (minutes < 2) {
      return past.toSeconds() + " s ago";
    }
    return minutes < 120
        ? minutes + " min ago"
        : minutes < 48 * 60 ? past.toHours() + " h ago" : past.toDays() + " days ago";
  }

  private String release(Digest digest) {
    return Optional.ofNullable(standing.releases().get(digest))
        .map(
            known ->
                "%s, release %d (%s)"
                    .formatted(known.variant(), known.sequence(), digest.abbreviated()))
        .orElse("release " + digest.abbreviated());
  }

  private void store() {
    lines.add("");
    lines.add("Store");
    for (Use use : List.of(Use.CURRENT, Use.PREVIOUS, Use.STAGED, Use.REFUSED, Use.UNNEEDED)) {
      add(name(use), "%9s  %s".formatted(bytes(standing.store().bytes(use)), fate(use)));
    }
    if (standing.quotaBytes() > 0) {
      add("quota", "%9s  of all of these".formatted(bytes(standing.quotaBytes())));
    }
    add("free", "%9s".formatted(bytes(standing.store().freeBytes())));
    long today = standing.written().getOrDefault(LocalDate.ofInstant(now, ZoneOffset.UTC), 0L);
    add("written", "%9s  today (UTC)".formatted(bytes(today)));
  }

  static String name(Use use) {
    return switch (use) {
      case CURRENT -> "current";
      case PREVIOUS -> "previous";
      case STAGED -> "staged";
      case REFUSED -> "refused";
      case UNNEEDED -> "unneeded";
    };
  }

  /** What garbage collection does with it, and why. */
  static String fate(Use use) {
    return switch (use) {
      case CURRENT -> "kept: it serves";
      case PREVIOUS -> "kept: it serves again when what serves now fails";
      case STAGED -> "kept while it is on its way";
      case REFUSED -> "goes first when a release needs the space";
      case UNNEEDED -> "goes at the next change: nothing names it";
    };
  }

  private void add(String key, String value) {
    lines.add("  %-9s %s".formatted(key, value).stripTrailing());
  }

  private static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.95) {
      value /= 1_000;
      unit++;
    }
    return String.format(
        Locale.ROOT, "%.1f %s", value, List.of("kB", "MB", "GB", "TB", "PB", "EB").get(unit));
  }
}
