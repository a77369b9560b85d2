/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.Digest;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The artifact in work, and the sources that had a part in it. Owned by one thread. */
final class ArtifactFetch {
  private final String name;
  private final Digest artifact;
  private final Pull pull;
  private final Sink sink;
  private final Pace pace;
  private final Tally tally;
  private final Set<ChunkSource> sources = new HashSet<>();

  /**
   * @param name for people
   * @param tally of the release that it is of
   */
  ArtifactFetch(String name, Digest artifact, Sink sink, Means means, Tally tally) {
    this.name = name;
    this.artifact = artifact;
    this.sink = sink;
    this.pace = means.pace();
    this.tally = tally;
    this.pull =
        new Pull(
            artifact,
            sink.missing(),
            means.pace(),
            (wanted, most, now) ->
                means
                    .allowance()
                    .ask(artifact, wanted.indices().map(sink::lengthOf).toArray(), most, now));
  }

  String name() {
    return name;
  }

  Digest artifact() {
    return artifact;
  }

  Pull pull() {
    return pull;
  }

  Sink sink() {
    return sink;
  }

  /** Bytes that were asked for and are not under way any more when this is here. */
  long askedFor(ChunkResponse response) {
    if (response.missing()) {
      return Long.MAX_VALUE;
    }
    if (response.kind() == ChunkResponse.Kind.PART) {
      return response.length();
    }
    int index = response.index();
    return index >= 0 && index < sink.chunks() ? sink.lengthOf(index) : 0;
  }

  /**
   * Takes what came, a whole chunk or a part of one.
   *
   * @return whether it brought something
   * @throws RejectedException the chunk was wrong for the third time
   */
  boolean take(ArrivedChunk chunk, ChunkResponse response, ChunkSource from, long nowNanos)
      throws IOException {
    int index = response.index();
    Optional<ChunkPart> part = response.part();
    if (part.isPresent()) {
      boolean fresh = pull.arrived(index, part.get(), nowNanos);
      Optional<ChunkResponse> all = pull.whole();
      return all.isPresent() ? takeWhole(chunk, all.get(), from, nowNanos) : fresh;
    }
    if (pull.wants(index)) {
      pace.came(pull.askedBytes(index), response.length());
    }
    return takeWhole(chunk, response, from, nowNanos);
  }

  private boolean takeWhole(
      ArrivedChunk chunk, ChunkResponse response, ChunkSource from, long nowNanos)
      throws IOException {
    int missing = pull.missing();
    if (pull.wants(response.index())) {
      keep(chunk, response, from, nowNanos);
    } else {
      pull.repeated(response.index(), nowNanos);
    }
    boolean forward = pull.missing() < missing;
    if (forward) {
      tally.kept(sink.lengthOf(response.index()), response.length());
    }
    return forward;
  }

  private void keep(ArrivedChunk chunk, ChunkResponse response, ChunkSource from, long nowNanos)
      throws IOException {
    int index = response.index();
    try {
      chunk.write(response, sink);
      sources.add(from);
      pull.arrived(index, sink.lengthOf(index), nowNanos);
    } catch (RejectedException e) {
      if (from.isLeft("%s: %s".formatted(name, e.getMessage()))) {
        pull.reconnected(); // the others are asked for what it was
      } else {
        pull.wrong(index, fetchedThrice(e), nowNanos);
      }
    }
  }

  /** Whether a source that had a part in it is left because the whole is wrong. */
  boolean leavesSources(RejectedException why) {
    String message = "%s: %s".formatted(name, why.getMessage());
    return sources.stream().filter(source -> source.isLeft(message)).count() > 0;
  }

  RejectedException fetchedThrice(RejectedException why) {
    return new RejectedException(
        why.code(), "%s, fetched 3 times: %s".formatted(name, why.getMessage()), why);
  }
}
