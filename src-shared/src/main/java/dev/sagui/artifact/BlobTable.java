/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import dev.sagui.json.Fields;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An address for each of some artifacts, on one server, as object stores pre-sign them.
 *
 * @param addresses in the order in which they were given
 */
public record BlobTable(Map<Digest, String> addresses) implements BlobPlace {
  public BlobTable {
    addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
    List<String> servers = addresses.values().stream().map(BlobAddress::server).distinct().toList();
    if (servers.size() != 1) {
      throw new IllegalArgumentException(
          "a table must hold addresses of one server, found " + servers);
    }
  }

  static BlobTable parse(Fields f) {
    Map<Digest, String> addresses = new LinkedHashMap<>();
    f.keys().forEach(key -> addresses.put(new Digest(key), f.string(key)));
    return new BlobTable(addresses);
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    addresses.forEach((artifact, address) -> map.put(artifact.hex(), address));
    return map;
  }

  int characters() {
    return addresses.values().stream().mapToInt(String::length).sum();
  }

  @Override
  public String server() {
    return BlobAddress.server(addresses.values().iterator().next());
  }

  @Override
  public Optional<String> find(Digest artifact) {
    return Optional.ofNullable(addresses.get(artifact));
  }
}
