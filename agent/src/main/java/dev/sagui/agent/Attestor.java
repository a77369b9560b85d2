/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.ReleaseArtifacts;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.Attestation;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * States, signed by this device, what it serves: the files are hashed anew once for each release
 * and nonce, when nothing else is to be done. Owned by the agent's thread.
 */
final class Attestor {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final Signer signer;
  private final ArtifactStore store;
  private final ReleaseArtifacts artifacts;
  private final Map<ArtifactName, Statement> statements = new HashMap<>();
  private Optional<Nonce> nonce = Optional.empty();

  /** Who states it, with which software. */
  record Signer(DeviceId device, SigningKey key, String agent, Supplier<String> runtime) {}

  private record Statement(Digest release, Nonce nonce, String envelope) {}

  Attestor(Signer signer, ArtifactStore store, ReleaseArtifacts artifacts) {
    this.signer = signer;
    this.store = store;
    this.artifacts = artifacts;
  }

  /** The newest desired state asks; whether that is another question than before. */
  boolean challenge(Optional<Nonce> asked) {
    boolean another = !asked.equals(nonce);
    nonce = asked;
    return another;
  }

  /** The statement of what the slot has committed; empty while it is at work, or nobody asks. */
  Optional<String> of(SlotRecord slot) {
    boolean resting = slot.state() == SlotState.IDLE || slot.state().isRefusal();
    if (!resting || slot.serving().isEmpty() || nonce.isEmpty()) {
      return Optional.empty();
    }
    Reported.Running serving = slot.serving().get();
    Optional<Statement> known = Optional.ofNullable(statements.get(slot.model()));
    if (known.filter(old -> isAnswer(old, serving.manifest(), nonce.get())).isEmpty()) {
      statements.remove(slot.model());
      state(slot.model(), serving, nonce.get());
    }
    return Optional.ofNullable(statements.get(slot.model())).map(Statement::envelope);
  }

  private static boolean isAnswer(Statement old, Digest release, Nonce asked) {
    return old.release.equals(release) && old.nonce.equals(asked);
  }

  private void state(ArtifactName model, Reported.Running serving, Nonce asked) {
    try {
      Manifest manifest = artifacts.find(serving.manifest()).orElseThrow(IOException::new);
      Attestation attestation =
          new Attestation(
              signer.device,
              model,
              serving.manifest(),
              subject(manifest, serving.manifest()),
              serving.sequence(),
              asked,
              signer.agent,
              signer.runtime.get());
      String envelope = new String(signer.key.sign(attestation), StandardCharsets.US_ASCII);
      statements.put(model, new Statement(serving.manifest(), asked, envelope));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "attestation=none model={0} reason=\"{1}\"", model, e.getMessage());
    }
  }

  /** Of the files as a session opens them. */
  private Digest subject(Manifest manifest, Digest release) throws IOException {
    List<Digest> files = new ArrayList<>();
    for (FileEntry file : manifest.files()) {
      files.add(store.hashOf(manifest.model(), release, file.name()));
    }
    return Manifest.subject(files);
  }
}
