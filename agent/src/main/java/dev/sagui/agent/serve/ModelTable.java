/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import dev.sagui.artifact.ArtifactName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** What is served, by name; any thread may look, the owner of the agent's state changes it. */
public final class ModelTable {
  private final ConcurrentSkipListMap<String, ServedModel> models = new ConcurrentSkipListMap<>();
  private final Requests requests = new Requests(System::nanoTime);
  private volatile Optional<List<ArtifactName>> desired = Optional.empty();

  /** Serves {@code model}; what it replaces ends after its run in flight. */
  public void put(ServedModel model) {
    swap(model).ifPresent(old -> old.session().close());
  }

  /** Serves {@code model}, and gives what served before it, still open. */
  public Optional<ServedModel> swap(ServedModel model) {
    return Optional.ofNullable(models.put(model.model().value(), model));
  }

  public void remove(ArtifactName name) {
    ServedModel old = models.remove(name.value());
    if (old != null) {
      old.session().close();
    }
  }

  /** These are to be served; known once the journal was read. */
  public void desire(List<ArtifactName> names) {
    desired = Optional.of(List.copyOf(names));
  }

  /** Why not all that is desired is served; empty if it is. */
  public Optional<String> findUnready() {
    if (desired.isEmpty()) {
      return Optional.of("the agent is starting");
    }
    List<String> absent =
        desired.get().stream()
            .map(ArtifactName::value)
            .filter(name -> !models.containsKey(name))
            .toList();
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of("desired but not served: " + String.join(", ", absent));
  }

  public Optional<ServedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /** When they were asked. */
  public Requests requests() {
    return requests;
  }

  public Collection<ServedModel> all() {
    return List.copyOf(models.values());
  }

  public void close() {
    all().forEach(model -> remove(model.model()));
  }
}
