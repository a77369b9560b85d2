/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cost;

import dev.sagui.json.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one run of a model does, operator by operator, as the runtime's kernels do it. */
public record Work(List<Operator> operators) {
  /** Nothing is known of the model. */
  public static final Work UNKNOWN = new Work(List.of());

  public Work {
    operators = List.copyOf(operators);
  }

  /**
   * One operator's part.
   *
   * @param kind of kernel and number format, such as {@code Conv int8}
   * @param flops two for each multiplication and addition
   * @param bytes read and written, weights included
   * @param millis that it took where it was looked at
   */
  public record Operator(String kind, double flops, double bytes, double millis) {
    /** What its time is a sum of: numbers by name, each with a rate of its own. */
    SortedMap<String, Double> amounts() {
      SortedMap<String, Double> amounts = new TreeMap<>();
      if (flops > 0) {
        amounts.put(kind + Rate.FLOPS.suffix(), flops / 1e9);
      }
      amounts.put(kind + Rate.BYTES.suffix(), bytes / 1e9);
      amounts.put(Rate.CALL.suffix().strip(), 1.0);
      return amounts;
    }

    private Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("kind", kind);
      map.put("flops", flops);
      map.put("bytes", bytes);
      map.put("ms", millis);
      return map;
    }

    private static Operator parse(Fields f) {
      return new Operator(f.string("kind"), f.number("flops"), f.number("bytes"), f.number("ms"));
    }

    private Operator scaled(double ofFlops, double ofBytes) {
      return new Operator(kind, ofFlops * flops, ofBytes * bytes, ofFlops * millis);
    }
  }

  /** As JSON holds it. */
  public List<Object> json() {
    return operators.stream().map(each -> (Object) each.json()).toList();
  }

  /**
   * What {@link #json} wrote under a key.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  public static Work parse(Fields fields, String key) {
    return new Work(fields.objects(key, Operator::parse));
  }

  /** Of all operators, and one run. */
  SortedMap<String, Double> amounts() {
    SortedMap<String, Double> sum = new TreeMap<>();
    operators.forEach(
        operator -> operator.amounts().forEach((name, n) -> sum.merge(name, n, Double::sum)));
    sum.put(Rate.RUN.suffix().strip(), 1.0);
    return sum;
  }

  /** Of the operations, that of kernels whose kind begins so. */
  public double share(String kind) {
    double all = operators.stream().mapToDouble(Operator::flops).sum();
    double those =
        operators.stream()
            .filter(each -> each.kind().startsWith(kind))
            .mapToDouble(Operator::flops)
            .sum();
    return those / Math.max(1, all);
  }

  /** What is done, whatever time it took: runs of the same work take the same time. */
  public Work untimed() {
    return new Work(
        operators.stream()
            .map(each -> new Operator(each.kind(), each.flops(), each.bytes(), 0))
            .toList());
  }

  /** About the same once a share of the multiplications is gone, with as much of each width. */
  public Work without(double share) {
    List<Operator> left = new ArrayList<>();
    operators.forEach(each -> left.add(each.scaled(1 - share, Math.sqrt(1 - share))));
    return new Work(left);
  }
}
