/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run that makes a model's variants and chooses one for each profile.
 *
 * @param progress 0 to 1
 * @param doing the step in a few words
 */
public record Fit(
    String id,
    String model,
    List<String> profiles,
    State state,
    double progress,
    String doing,
    List<Chosen> choices,
    Optional<Problem> problem)
    implements Run<Fit> {
  /** How far it is. */
  public enum State {
    RUNNING,
    DONE,
    FAILED
  }

  /** What a device measured: the variant's time over that of the model as it came. */
  public record OnDevice(String device, double ratio, double low, double high) {
    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("device", device);
      map.put("ratio", ratio);
      map.put("low", low);
      map.put("high", high);
      return map;
    }
  }

  /**
   * What a profile gets, and why; no variant where none fits.
   *
   * @param times how the times are known, as a sentence
   * @param measured of the variant, by a device of the profile
   */
  public record Chosen(
      String profile,
      Optional<String> variant,
      String reason,
      String times,
      Optional<OnDevice> measured) {
    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("profile", profile);
      map.put("variant", variant.map(name -> (Object) name).orElse(Json.Absent.NULL));
      map.put("reason", reason);
      map.put("times", times);
      measured.ifPresent(by -> map.put("measured", by.json()));
      return map;
    }
  }

  /** Why it failed. */
  public record Problem(FailureCode code, String detail) {
    Map<String, Object> json() {
      return Map.of("code", code.name(), "detail", detail);
    }

    static Problem parse(Fields f) {
      return new Problem(f.typed("code", FailureCode::valueOf), f.string("detail"));
    }
  }

  public Fit {
    profiles = List.copyOf(profiles);
    choices = List.copyOf(choices);
  }

  public static Fit started(String id, String model, List<String> profiles) {
    return new Fit(id, model, profiles, State.RUNNING, 0, "waiting", List.of(), Optional.empty());
  }

  @Override
  public String label() {
    return "";
  }

  @Override
  public Fit at(String what, double part) {
    double furthest = Math.max(progress, part);
    return new Fit(id, model, profiles, State.RUNNING, furthest, what, List.of(), problem);
  }

  public Fit done(List<Chosen> chosen) {
    return new Fit(id, model, profiles, State.DONE, 1, "done", chosen, Optional.empty());
  }

  @Override
  public Fit failed(Problem why) {
    return new Fit(
        id, model, profiles, State.FAILED, progress, "failed", List.of(), Optional.of(why));
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("model", model);
    map.put("profiles", profiles);
    map.put("state", state.name().toLowerCase(Locale.ROOT));
    map.put("progress", progress);
    map.put("doing", doing);
    map.put("choices", choices.stream().map(Chosen::json).toList());
    problem.ifPresent(why -> map.put("problem", why.json()));
    return map;
  }

  /** What {@link #json()} wrote. */
  public static Fit parse(Fields f) {
    return new Fit(
        f.string("id"),
        f.string("model"),
        f.strings("profiles"),
        State.valueOf(f.string("state").toUpperCase(Locale.ROOT)),
        f.number("progress"),
        f.string("doing"),
        f.objects("choices", Fit::chosen),
        f.has("problem") ? Optional.of(Problem.parse(f.object("problem"))) : Optional.empty());
  }

  private static Chosen chosen(Fields c) {
    return new Chosen(
        c.string("profile"),
        c.findString("variant"),
        c.string("reason"),
        c.findString("times").orElse(""),
        c.has("measured") ? Optional.of(onDevice(c.object("measured"))) : Optional.empty());
  }

  private static OnDevice onDevice(Fields m) {
    return new OnDevice(m.string("device"), m.number("ratio"), m.number("low"), m.number("high"));
  }
}
