/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.cost.Work;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.ProbeGraph;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.catalog.DeviceSpeeds;
import dev.sagui.server.catalog.Least;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.rollout.ReleasePlan;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.tensor.Tensor;
import dev.sagui.wire.DeviceState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Asks each device that takes bench jobs how fast it is: two benches of small graphs, when it first
 * shows itself, and when its profile or its ONNX Runtime is another. Owned by the thread that takes
 * in what devices send.
 */
public final class Probes {
  private static final Logger LOG = Logger.getLogger(Probes.class);

  /** That the runs of each of the two may take: with two starts of a process, 20 s in all. */
  private static final double SECONDS = 4;

  /** A device that comes has better things to do: a model to fetch, a fit that waits for it. */
  static final Duration QUIET = Duration.ofMinutes(1);

  private final Benches benches;
  private final Profiles profiles;
  private final BlobFolder blobs;
  private final SigningKey key;
  private final Map<String, List<Pair>> made = new HashMap<>();

  /** Two graphs, stored and signed for the devices of a profile. */
  private record Pair(
      StoredVariant candidate,
      Digest reference,
      BenchJob.Part measured,
      BenchJob.Part against,
      Least.Pair least) {
    Bench about(DeviceId device, DeviceState.Facts facts) {
      Bench.Subject subject =
          new Bench.Subject(
              candidate.digest(),
              reference,
              facts.profile().value(),
              facts.runtimeVersion(),
              Optional.of(device));
      String id = "probe-" + UUID.randomUUID().toString().substring(0, 13);
      return Bench.waiting(id, candidate, subject, measured, against, SECONDS, least);
    }
  }

  public Probes(Benches benches, Profiles profiles, BlobFolder blobs, SigningKey key) {
    this.benches = benches;
    this.profiles = profiles;
    this.blobs = blobs;
    this.key = key;
  }

  /** A device shows itself. What is known of it as it is now is not asked again. */
  void born(DeviceId device, DeviceState.Facts facts) {
    if (facts.benches()) {
      profiles.find(facts.profile().value()).stream()
          .flatMap(profile -> pairs(profile).stream())
          .forEach(pair -> benches.askLater(pair.about(device, facts), QUIET));
    }
  }

  private List<Pair> pairs(DeviceProfile profile) {
    String name = profile.name().value();
    if (!made.containsKey(name)) {
      try {
        made.put(
            name,
            List.of(
                pair(
                    profile,
                    DeviceSpeeds.CONVOLUTIONS,
                    ProbeGraph.integers(profile),
                    ProbeGraph.floats()),
                pair(
                    profile,
                    DeviceSpeeds.CALL_AND_PRODUCT,
                    ProbeGraph.call(),
                    ProbeGraph.product(profile))));
      } catch (IOException | RejectedException e) {
        LOG.warnf("probe=%s its graphs cannot be stored: %s", name, e.getMessage());
        return List.of();
      }
    }
    return made.get(name);
  }

  private Pair pair(DeviceProfile profile, String name, ProbeGraph candidate, ProbeGraph reference)
      throws IOException {
    StoredVariant measured = stored(name, candidate);
    StoredVariant against = stored(name, reference);
    return new Pair(
        measured,
        against.digest(),
        signed(candidate, measured, profile),
        signed(reference, against, profile),
        least(profile, candidate, reference));
  }

  private static Least.Pair least(
      DeviceProfile profile, ProbeGraph candidate, ProbeGraph reference) {
    return profile
        .peak()
        .map(
            peak ->
                new Least.Pair(
                    Least.of(peak, new Work(List.of(candidate.work()))),
                    Least.of(peak, new Work(List.of(reference.work())))))
        .orElse(Least.Pair.UNKNOWN);
  }

  private StoredVariant stored(String name, ProbeGraph graph) throws IOException {
    StoredFile file = blobs.put("model.onnx", graph.model().proto().toByteArray());
    StoredFile golden = blobs.put("golden.safetensors", graph.golden());
    return new StoredVariant(
        new ArtifactName(DeviceSpeeds.MODEL),
        new ArtifactName(name),
        file.sizeBytes() + golden.sizeBytes(),
        OptionalDouble.empty(),
        true,
        0,
        file.name(),
        List.of(file),
        golden);
  }

  private BenchJob.Part signed(ProbeGraph graph, StoredVariant variant, DeviceProfile profile)
      throws IOException {
    StoredFile file = variant.files().get(0);
    Model model =
        new Model(
            variant.model(),
            file.digest(),
            file.sizeBytes(),
            0,
            0,
            List.of(info(graph.input())),
            List.of(info(graph.output())),
            variant.files(),
            Instant.EPOCH);
    byte[] signed = key.sign(ReleasePlan.bench(model, variant, profile));
    return new BenchJob.Part(blobs.put(signed).digest(), signed.length);
  }

  private static TensorInfo info(Tensor tensor) {
    return new TensorInfo(tensor.name(), tensor.type(), tensor.shape());
  }
}
