/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.distill.StudentSpec;
import dev.sagui.keys.Keys;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Simpler architectures to adapt into.
 *
 * @param base empty for the model as it is
 * @param encoder of an autoencoder's encoder; empty for what {@code base} says of both halves
 */
public record Simpler(Optional<StudentSpec> base, Optional<StudentSpec> encoder) {
  private static final String STUDENT = "student";
  private static final String ENCODER_STUDENT = "encoder-student";
  static final List<String> NAMES = List.of(STUDENT, ENCODER_STUDENT);

  static Simpler parse(Keys keys) {
    return new Simpler(parse(keys, STUDENT), parse(keys, ENCODER_STUDENT));
  }

  private static Optional<StudentSpec> parse(Keys keys, String key) {
    return keys.has(key) ? Optional.of(StudentSpec.parse(keys.at(key).map())) : Optional.empty();
  }

  void write(Map<String, Object> json) {
    base.ifPresent(student -> json.put(STUDENT, student.json()));
    encoder.ifPresent(student -> json.put(ENCODER_STUDENT, student.json()));
  }

  void check(boolean ofPair) {
    if (!ofPair && encoder.isPresent()) {
      throw TransferSpec.bad("'encoder-student' is of an autoencoder: give its 'encoder' too");
    }
    if (ofPair && base.or(() -> encoder).flatMap(StudentSpec::file).isPresent()) {
      throw TransferSpec.bad(
          "a student's file is one half of an autoencoder: give both as 'base' and 'encoder'");
    }
  }
}
