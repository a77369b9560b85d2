/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorSize;
import dev.sagui.quality.Tolerance;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A format for each weight, so that outputs keep a quality in few bytes. */
public final class MixedStore {
  private static final List<StoreFormat> FEW =
      List.of(StoreFormat.INT4, StoreFormat.INT5, StoreFormat.INT6);

  private static final List<StoreFormat> MANY = List.of(StoreFormat.INT8, StoreFormat.FP16);

  /** Tables bring 1 dB more than steps of one size, for the same bytes. */
  private static final List<StoreFormat> TABLES =
      List.of(
          StoreFormat.PALETTE4,
          StoreFormat.PALETTE5,
          StoreFormat.PALETTE6,
          StoreFormat.PALETTE8,
          StoreFormat.FP16);

  /** All tables, for what must fit in so many bytes. */
  private static final List<StoreFormat> PALETTES =
      List.of(
          StoreFormat.PALETTE2,
          StoreFormat.PALETTE3,
          StoreFormat.PALETTE4,
          StoreFormat.PALETTE5,
          StoreFormat.PALETTE6,
          StoreFormat.PALETTE7,
          StoreFormat.PALETTE8,
          StoreFormat.FP16);

  /** Below this int4 gets more bits. */
  private static final Tolerance GOOD = Tolerance.ofSqnr(25);

  /** What those may cost: this share of the weights as float32. */
  private static final double WIDEN_SHARE = 1.0 / 80;

  /** Parameters. */
  private static final long LARGE = 4_000_000;

  /** Error feedback and descent take about three quarters of the errors of the nearest away. */
  private static final double FAR = 8;

  /** Bits by which a weight may differ from the average. */
  private static final int NEAR = 2;

  private static final String NEEDED = "the outputs need it as it is";

  private final OnnxModel model;
  private final StoreData data;
  private final Progress progress;

  private MixedStore(OnnxModel model, StoreData data, Progress progress) {
    this.model = model;
    this.data = data;
    this.progress = progress;
  }

  /**
   * Each weight in 4, 5, 6, 8, 16 or 32 bits; tables, and less than 8 bits, where the model can
   * move to opset 21.
   *
   * @param tolerance of the outputs against those of the reference; half a dB more is given away
   *     where the model is near or below it
   * @throws RejectedException as {@link WeightStore}
   */
  public static StoredModel auto(
      OnnxModel model, Tolerance tolerance, StoreData data, Progress progress) throws IOException {
    Optional<OnnxModel> ready = upgraded(model);
    MixedStore mixed = new MixedStore(ready.orElse(model), data, progress);
    List<StoreFormat> formats = ready.isPresent() ? mixed.tables(tolerance) : MANY;
    Map<String, Choices> choices =
        mixed.choices(formats, Set.of(), true, data.samples().forCalibration());
    StoredModel best = mixed.search(choices, tolerance).best(Long.MAX_VALUE);
    return best.changed() ? best : new StoredModel(model, best.weights());
  }

  /**
   * Each weight in 2 to 8, 16 or 32 bits, with the least error found in so many bytes. Weights are
   * rounded by all samples, as nothing is promised of others.
   *
   * @param maxBytes of the whole model, as it would be written
   * @throws RejectedException BAD_REQUEST when the smallest formats take more; as {@link
   *     WeightStore}
   */
  public static StoredModel within(
      OnnxModel model, long maxBytes, StoreData data, Progress progress) throws IOException {
    OnnxModel ready = OpsetUpgrade.to(model, WeightStore.FEW_BITS_OPSET);
    MixedStore mixed = new MixedStore(ready, data, progress);
    StoredModel best = mixed.within(near(ready, maxBytes), maxBytes);
    if (ModelWriter.bytes(best.model()) > maxBytes) { // of small weights the nodes are a large part
      best = mixed.within(PALETTES, maxBytes);
    }
    long bytes = ModelWriter.bytes(best.model());
    if (bytes > maxBytes) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected at least %d bytes to store this model in, got %d".formatted(bytes, maxBytes));
    }
    return best;
  }

  private StoredModel within(List<StoreFormat> formats, long maxBytes) throws IOException {
    return search(choices(formats, Set.of(), true, data.samples()), GOOD).within(maxBytes);
  }

  /** Tables near what fits on the average, and what few weights need. */
  private static List<StoreFormat> near(OnnxModel model, long maxBytes) {
    long weights = Float.BYTES * model.facts().parameters();
    long rest = Math.max(0, ModelWriter.bytes(model) - weights);
    int fit = (int) (Byte.SIZE * Float.BYTES * (maxBytes - rest) / Math.max(1, weights));
    return PALETTES.stream()
        .filter(format -> format.bits() >= Byte.SIZE || Math.abs(format.bits() - fit) <= NEAR)
        .toList();
  }

  private MixtureSearch search(Map<String, Choices> choices, Tolerance tolerance)
      throws IOException {
    return new MixtureSearch(new Mixtures(model, choices, data, tolerance), progress);
  }

  /**
   * Int4, and more bits for the weights that do most harm for their size, where outputs are below
   * 25 dB otherwise, or sound further off than usual: until they are not, or for an eightieth of
   * the float32 bytes.
   *
   * @param model of opset 21
   */
  static StoredModel int4(OnnxModel model, StoreData data, Progress progress) throws IOException {
    MixedStore mixed = new MixedStore(model, data, progress);
    List<StoreFormat> formats = new ArrayList<>(FEW);
    formats.add(StoreFormat.INT8);
    Map<String, Choices> choices =
        mixed.choices(formats, WeightStore.last(model), false, data.samples().forCalibration());
    long more = (long) (WIDEN_SHARE * Float.BYTES * model.facts().parameters());
    return mixed.search(choices, GOOD).best(more);
  }

  /** In large models those alone that come near, for rounding takes most of the time. */
  private List<StoreFormat> tables(Tolerance tolerance) throws IOException {
    if (model.facts().parameters() < LARGE) {
      return TABLES;
    }
    OnnxModel nearest = WeightStore.apply(model, StoreFormat.PALETTE6, progress).model();
    Fidelity fidelity =
        new Fidelity(data.reference(), data.samples().forCalibration(), data.threads());
    boolean far = fidelity.roughly(nearest) > FAR * fidelity.admitted(tolerance);
    return far ? TABLES.subList(TABLES.indexOf(StoreFormat.PALETTE6), TABLES.size()) : TABLES;
  }

  private static Optional<OnnxModel> upgraded(OnnxModel model) {
    try {
      return Optional.of(OpsetUpgrade.to(model, WeightStore.FEW_BITS_OPSET));
    } catch (RejectedException e) {
      return Optional.empty();
    }
  }

  /**
   * @param last weights that are int8
   * @param floats whether a weight may stay as it is
   * @param seen what weights are rounded by
   */
  private Map<String, Choices> choices(
      List<StoreFormat> formats, Set<String> last, boolean floats, Samples seen)
      throws IOException {
    List<StoreFormat> some = formats.stream().filter(f -> f != StoreFormat.FP16).toList();
    Map<String, List<PackedWeight>> rounded =
        data.samples().isWeak()
            ? Map.of()
            : new LayerRounding(model, seen, data.scratch(), data.threads())
                .round(some, last, progress);
    Map<String, Choices> choices = new ConcurrentHashMap<>();
    StoredGraph.of(
        model,
        true,
        (tensor, uses) -> {
          List<StoreFormat> own = last.contains(tensor.getName()) ? MANY.subList(0, 1) : formats;
          List<PackedWeight> byData = rounded.getOrDefault(tensor.getName(), List.of());
          choices.put(tensor.getName(), choices(tensor, own, byData, floats, uses));
          return Optional.empty();
        },
        progress);
    return choices;
  }

  private Choices choices(
      TensorProto tensor,
      List<StoreFormat> formats,
      List<PackedWeight> rounded,
      boolean floats,
      WeightUses uses)
      throws IOException {
    List<PackedWeight> forms = new ArrayList<>();
    for (int i = 0; i < formats.size(); i++) {
      PackedWeight form =
          i < rounded.size()
              ? rounded.get(i)
              : WeightStore.form(model, tensor, formats.get(i), uses);
      boolean isLast = i == formats.size() - 1 && forms.isEmpty();
      boolean known = forms.stream().anyMatch(f -> f.format().equals(form.format()));
      if (!known && (form.reason().isEmpty() || isLast)) {
        forms.add(form);
      }
    }
    if (floats && forms.get(0).reason().isEmpty()) {
      forms.add(PackedWeight.left(NEEDED));
    }
    return new Choices(TensorSize.elements(tensor) * Float.BYTES, forms);
  }
}
