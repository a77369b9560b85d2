/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.onnx.Half;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Seeded inputs for a model, made batch by batch; a sample's values do not depend on the batch
 * size.
 */
public final class Samples {
  /** What a dimension becomes that is neither the batch nor fixed. */
  private static final int FREE_DIMENSION = 32;

  private static final int MAX_BATCH = 16;
  private static final long MAX_SAMPLE_ELEMENTS = 1 << 26;

  private final List<TensorInfo> inputs;
  private final Map<String, DataSpec> specs;
  private final int count;

  private Samples(List<TensorInfo> inputs, Map<String, DataSpec> specs, int count) {
    this.inputs = inputs;
    this.specs = specs;
    this.count = count;
  }

  /**
   * @throws RejectedException UNSUPPORTED_MODEL for inputs that cannot be filled
   */
  public static Samples of(ModelFacts facts, DataSpec spec) {
    return of(facts, Map.of("", spec));
  }

  /**
   * @param specs by input name; the empty name stands for all others
   * @throws RejectedException BAD_REQUEST when an input has no spec or a spec no input
   */
  public static Samples of(ModelFacts facts, Map<String, DataSpec> specs) {
    List<TensorInfo> inputs = facts.inputs().stream().map(ValueFacts::tensorInfo).toList();
    List<String> names = inputs.stream().map(TensorInfo::name).toList();
    specs.keySet().stream()
        .filter(name -> !name.isEmpty() && !names.contains(name))
        .findFirst()
        .ifPresent(name -> refuse("no input is named '%s', there are %s", name, names));
    Map<String, DataSpec> resolved = new LinkedHashMap<>();
    for (String name : names) {
      DataSpec spec = specs.getOrDefault(name, specs.get(""));
      if (spec == null) {
        throw refuse("say where input '%s' of %s comes from", name, names);
      }
      resolved.put(name, spec);
    }
    int count = resolved.values().stream().mapToInt(DataSpec::count).min().orElse(0);
    return new Samples(inputs, resolved, count);
  }

  private static RejectedException refuse(String format, String name, List<String> names) {
    throw new RejectedException(FailureCode.BAD_REQUEST, format.formatted(name, names));
  }

  /** Samples in all. */
  public int count() {
    return count;
  }

  /** Whether part of the inputs is noise. */
  public boolean isWeak() {
    return specs.values().stream().anyMatch(DataSpec::isWeak);
  }

  /** The batch that {@link #forEachBatch} makes: the model's own when fixed, else up to 16. */
  public int batchSize() {
    return inputs.stream()
        .filter(input -> !input.shape().isEmpty() && input.shape().get(0) > 0)
        .mapToInt(input -> Math.toIntExact(input.shape().get(0)))
        .findFirst()
        .orElse(Math.min(MAX_BATCH, count));
  }

  /** The first samples as one batch; {@code wanted} yields to a batch that the model fixes. */
  public List<Tensor> first(int wanted) {
    boolean fixed = inputs.stream().anyMatch(i -> !i.shape().isEmpty() && i.shape().get(0) > 0);
    return batch(randoms(), fixed ? batchSize() : wanted);
  }

  /** Hands over all samples in order; the last batch may be smaller where the model allows. */
  public void forEachBatch(Consumer<List<Tensor>> consumer) {
    Map<String, Random> randoms = randoms();
    int size = batchSize();
    boolean fixed = inputs.stream().anyMatch(i -> !i.shape().isEmpty() && i.shape().get(0) > 0);
    for (int done = 0; done < count; done += size) {
      consumer.accept(batch(randoms, fixed ? size : Math.min(size, count - done)));
    }
  }

  private Map<String, Random> randoms() {
    Map<String, Random> randoms = new LinkedHashMap<>();
    specs.forEach((name, spec) -> randoms.put(name, new Random(spec.seed() + randoms.size())));
    return randoms;
  }

  private List<Tensor> batch(Map<String, Random> randoms, int size) {
    List<Tensor> tensors = new ArrayList<>();
    for (TensorInfo input : inputs) {
      Random random = java.util.Objects.requireNonNull(randoms.get(input.name()));
      DataSpec spec = java.util.Objects.requireNonNull(specs.get(input.name()));
      tensors.add(tensor(input, spec, random, size));
    }
    return tensors;
  }

  private static Tensor tensor(TensorInfo input, DataSpec spec, Random random, int batch) {
    List<Long> shape = new ArrayList<>(input.shape());
    long elements = 1;
    for (int i = 0; i < shape.size(); i++) {
      if (shape.get(i) < 0) {
        shape.set(i, (long) (i == 0 ? batch : FREE_DIMENSION));
      }
      elements = Math.multiplyExact(elements, shape.get(i));
      if (elements > MAX_SAMPLE_ELEMENTS) {
        throw new RejectedException(
            FailureCode.UNSUPPORTED_MODEL,
            "input '%s' %s is too large to fill with samples".formatted(input.name(), shape));
      }
    }
    ByteBuffer data =
        ByteBuffer.allocate((int) elements * input.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      put(data, input.type(), spec.next(random));
    }
    return new Tensor(input.name(), input.type(), shape, data.flip());
  }

  private static void put(ByteBuffer data, DataType type, float value) {
    switch (type) {
      case FP32 -> data.putFloat(value);
      case FP64 -> data.putDouble(value);
      case INT8, UINT8 -> data.put((byte) value);
      case INT16 -> data.putShort((short) value);
      case INT32 -> data.putInt((int) value);
      case INT64 -> data.putLong((long) value);
      case BOOL -> data.put((byte) (value > 0 ? 1 : 0));
      case FP16 -> data.putShort(Half.of(value));
    }
  }
}
