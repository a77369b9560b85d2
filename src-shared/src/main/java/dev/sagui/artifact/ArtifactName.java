/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.util.regex.Pattern;

/** Name of a model or variant: lowercase, safe in a file name, a URL and a metric label. */
public record ArtifactName(String value) implements Comparable<ArtifactName> {
  private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  public ArtifactName {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "name must be 1 to 63 of a-z, 0-9, '.', '_', '-', starting with a letter or digit, got '"
              + value
              + "'");
    }
  }

  @Override
  public int compareTo(ArtifactName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
