/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.run.DataSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** {@code --data}: where inputs come from. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "SPEC",
      description = {
        "Where inputs come from: latent:normal:SEED:N, latent:uniform:SEED:N,",
        "random:SEED:N[:LOW..HIGH], npz:FILE, npy:DIR, images:DIR[:nchw|nhwc][:LOW..HIGH],",
        "idx:FILE[.gz][:LOW..HIGH], text:FILE, values:V,V,...; a file or folder also with",
        ":N for its first N samples. NAME=SPEC for one input of several."
      })
  private List<String> data = List.of();

  /** By input name, which may hold colons; the empty name for all others. */
  Map<String, DataSpec> specs() {
    Map<String, DataSpec> specs = new LinkedHashMap<>();
    for (String each : data) {
      int equals = DataSpec.startsWithKind(each) ? -1 : each.indexOf('=');
      String name = each.substring(0, Math.max(0, equals));
      if (specs.put(name, DataSpec.parse(each.substring(equals + 1))) != null) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            name.isEmpty()
                ? "--data is given twice; name the inputs: NAME=SPEC"
                : "--data is given twice for input '%s'".formatted(name));
      }
    }
    return specs;
  }
}
