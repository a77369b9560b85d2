/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a release is: an in-toto Statement whose subject is the model, with the files as resources
 * in the layout of OpenSSF Model Signing v1.0 and Sagui's own facts beside them.
 *
 * @param sequence grows with every release of the model; a device never goes back
 * @param profiles the device profiles that it is for
 * @param files sorted by name; {@code entry} is one of them
 * @param entry the ONNX file that a session opens
 * @param golden safetensors file with {@code in:NAME} and {@code out:NAME}
 * @param goldenTolerance largest absolute difference from the golden outputs that still passes
 * @param limits what the release promises to stay under on the device
 * @param madeBy recipe, tool versions, seeds and measurements, for people
 */
public record Manifest(
    ArtifactName model,
    ArtifactName variant,
    long sequence,
    Instant created,
    List<ArtifactName> profiles,
    List<FileEntry> files,
    String entry,
    List<TensorInfo> inputs,
    List<TensorInfo> outputs,
    FileEntry golden,
    double goldenTolerance,
    Limits limits,
    Map<String, String> madeBy) {
  /** Largest signed manifest that anyone reads. */
  public static final int MAX_BYTES = 96 * 1024;

  static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE = "https://sagui.dev/manifest/v1";

  /**
   * What a release promises to stay under on the device.
   *
   * @param p95Millis 95th percentile of one inference; infinity means no promise
   * @param ramBytes resident bytes of the serving process
   */
  public record Limits(double p95Millis, long ramBytes) {}

  public Manifest {
    profiles = List.copyOf(profiles);
    files = files.stream().sorted(Comparator.comparing(FileEntry::name)).toList();
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    madeBy = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(madeBy));
    String wanted = entry;
    if (files.stream().noneMatch(file -> file.name().equals(wanted))) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "the entry file '%s' is not among the release's files".formatted(entry));
    }
    if (files.stream().map(FileEntry::name).distinct().count() != files.size()) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "two files of the release have one name");
    }
  }

  /** The model's files, and behind them the golden file: what a device needs on its flash. */
  public List<FileEntry> flashFiles() {
    return Stream.concat(files.stream(), Stream.of(golden)).toList();
  }

  /** Their bytes. */
  public long flashBytes() {
    return flashFiles().stream().mapToLong(FileEntry::sizeBytes).sum();
  }

  /** SHA-256 over the raw digests of all files in order (OpenSSF Model Signing v1.0, subject). */
  public Digest subject() {
    return subject(files.stream().map(FileEntry::digest).toList());
  }

  /** The same of any files' digests, which are in the order of their names. */
  public static Digest subject(List<Digest> files) {
    MessageDigest sha = Digest.sha256();
    files.forEach(file -> sha.update(file.raw()));
    return Digest.ofRaw(sha.digest());
  }

  /** The signed payload. */
  byte[] payload() {
    return Json.write(statement(model, subject(), PREDICATE, predicate()));
  }

  /** An in-toto Statement of one subject. */
  static Map<String, Object> statement(
      ArtifactName model, Digest subject, String predicateType, Map<String, Object> predicate) {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("name", model.value());
    about.put("digest", Map.of("sha256", subject.hex()));
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("_type", STATEMENT);
    statement.put("subject", List.of(about));
    statement.put("predicateType", predicateType);
    statement.put("predicate", predicate);
    return statement;
  }

  private Map<String, Object> predicate() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", model.value());
    map.put("variant", variant.value());
    map.put("sequence", sequence);
    map.put("created", created.toString());
    map.put("profiles", profiles);
    map.put("serialization", Map.of("method", "files", "hash_type", "sha256"));
    map.put("resources", files.stream().map(FileEntry::json).toList());
    map.put("entry", entry);
    map.put("inputs", inputs.stream().map(TensorInfo::json).toList());
    map.put("outputs", outputs.stream().map(TensorInfo::json).toList());
    map.put("golden", golden.json());
    map.put("golden_tolerance", goldenTolerance);
    map.put("limits", limitsJson());
    map.put("made_by", madeBy);
    return map;
  }

  private Map<String, Object> limitsJson() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (Double.isFinite(limits.p95Millis)) {
      map.put("p95_ms", limits.p95Millis);
    }
    map.put("ram_bytes", limits.ramBytes);
    return map;
  }

  /** Reads a payload whose signature was already checked. */
  static Manifest parse(byte[] payload) {
    Fields statement = Fields.parse(payload);
    if (!PREDICATE.equals(statement.string("predicateType"))) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "expected predicateType '%s', found '%s'"
              .formatted(PREDICATE, statement.string("predicateType")));
    }
    Fields f = statement.object("predicate");
    Fields limits = f.object("limits");
    return new Manifest(
        f.typed("model", ArtifactName::new),
        f.typed("variant", ArtifactName::new),
        f.integer("sequence"),
        instant(f),
        f.strings("profiles").stream().map(ArtifactName::new).toList(),
        f.objects("resources", FileEntry::parse),
        f.string("entry"),
        f.objects("inputs", TensorInfo::parse),
        f.objects("outputs", TensorInfo::parse),
        FileEntry.parse(f.object("golden")),
        f.number("golden_tolerance"),
        new Limits(
            limits.findNumber("p95_ms").orElse(Double.POSITIVE_INFINITY),
            limits.integer("ram_bytes")),
        f.pairs("made_by"));
  }

  private static Instant instant(Fields f) {
    try {
      return Instant.parse(f.string("created"));
    } catch (DateTimeParseException e) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "'created' is no time: " + f.string("created"), e);
    }
  }
}
