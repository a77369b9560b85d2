/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.json.Fields;
import dev.sagui.tensor.DataType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An input or output of a model as its users see it.
 *
 * @param shape -1 stands for a dimension that each request chooses
 */
public record TensorInfo(String name, DataType type, List<Long> shape) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  public static TensorInfo parse(Fields f) {
    return new TensorInfo(
        f.string("name"),
        DataType.ofProtocol(f.string("datatype")),
        Arrays.stream(f.integers("shape")).boxed().toList());
  }

  /** As the inference protocol's model metadata shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("datatype", type.name());
    map.put("shape", shape);
    return map;
  }
}
