/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.keys.Keys;
import dev.sagui.run.DataSpec;
import java.util.Map;
import java.util.Optional;

/**
 * Samples and what a net shall make of them.
 *
 * @param inputs of the base; of an autoencoder the samples that it explains
 * @param labels class ids, one a sample
 * @param targets wanted outputs, one a sample
 */
public record TransferData(DataSpec inputs, Optional<DataSpec> labels, Optional<DataSpec> targets) {

  static TransferData parse(Keys keys, String prefix, String inputs) {
    return new TransferData(
        DataSpec.parse(inputs),
        keys.text(prefix + "labels").map(DataSpec::parse),
        keys.text(prefix + "targets").map(DataSpec::parse));
  }

  void write(Map<String, Object> json, String prefix, String key) {
    json.put(key, inputs.toString());
    labels.ifPresent(spec -> json.put(prefix + "labels", spec.toString()));
    targets.ifPresent(spec -> json.put(prefix + "targets", spec.toString()));
  }
}
