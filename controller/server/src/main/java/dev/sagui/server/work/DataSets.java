/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.run.DataSpec;
import dev.sagui.server.catalog.DataSet;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.DataFolder;
import dev.sagui.server.store.DataSetStore;
import dev.sagui.server.store.EventStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Samples that recipes of requests name: {@code images:NAME}, {@code idx:NAME/FILE} and the like.
 * Who may use the API is not therefore to read the rest of the controller's disk.
 */
public final class DataSets {
  private final DataFolder folder;
  private final DataSetStore sets;
  private final EventStore events;
  private final Clock clock;

  public DataSets(DataFolder folder, DataSetStore sets, EventStore events, Clock clock) {
    this.folder = folder;
    this.sets = sets;
    this.events = events;
    this.clock = clock;
  }

  /** Deletes what an earlier process has left of data that came or went. */
  public void clear() throws IOException {
    folder.keepOnly(name -> sets.find(name).isPresent());
  }

  /**
   * @param tar whether {@code body} is a folder as a tar, else one file
   * @throws RejectedException DUPLICATE_NAME, DISK_FULL, or BAD_REQUEST for an archive that is
   *     none; nothing is left behind
   */
  public DataSet add(ArtifactName name, InputStream body, boolean tar) throws IOException {
    refuseTaken(name);
    try (DataFolder.Staging staging = folder.stage()) {
      if (tar) {
        new Tar(body).read(staging::put);
      } else {
        staging.put(body);
      }
      if (staging.bytes() == 0) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST, "expected data, found no byte of it; nothing was kept");
      }
      return listed(name, staging);
    } catch (EOFException e) {
      throw new RejectedException(FailureCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  private synchronized DataSet listed(ArtifactName name, DataFolder.Staging staging)
      throws IOException {
    refuseTaken(name);
    DataSet set =
        new DataSet(
            name, staging.bytes(), staging.files(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
    staging.publish(name);
    sets.add(set);
    record("data '%s': %d files, %d bytes".formatted(name, set.files(), set.bytes()));
    return set;
  }

  private void refuseTaken(ArtifactName name) {
    if (sets.find(name.value()).isPresent()) {
      throw new RejectedException(
          FailureCode.DUPLICATE_NAME,
          "data named '%s' is there already; choose another name, or delete it first"
              .formatted(name));
    }
  }

  private void record(String message) {
    events.add(new Event(0, clock.instant(), "", "", Event.Kind.DATA, "", message));
  }

  /** Where they are. */
  Path path() {
    return folder.path();
  }

  public Optional<DataSet> find(String name) {
    return sets.find(name);
  }

  /** By name, those after {@code after}. */
  public List<DataSet> list(String after, int limit) {
    return sets.list(after, limit);
  }

  /**
   * Deletes one.
   *
   * @return whether it was there
   * @throws RejectedException IN_USE while a job reads it
   */
  public synchronized boolean remove(String name) throws IOException {
    Optional<DataSet> found = sets.find(name);
    if (found.isPresent() && !sets.remove(name)) {
      throw new RejectedException(
          FailureCode.IN_USE,
          "%s reads the data '%s'; wait for it, or cancel it"
              .formatted(sets.user(name).orElse("a job"), name));
    }
    if (found.isPresent()) {
      folder.delete(found.get());
      record("data '%s' was deleted".formatted(name));
    }
    return found.isPresent();
  }

  /** The names of the data sets that are read, to be noted in a job under "data". */
  List<String> names(Collection<DataSpec> specs) {
    return specs.stream()
        .flatMap(spec -> spec.file().stream())
        .map(file -> file.getName(0).toString())
        .distinct()
        .toList();
  }

  /**
   * The same where its files are.
   *
   * @throws RejectedException BAD_REQUEST for files that are not of a data set, NOT_FOUND
   */
  DataSpec located(DataSpec spec) {
    if (spec.file().isEmpty()) {
      return spec;
    }
    Path file = spec.file().get();
    if (file.isAbsolute() || !file.normalize().equals(file) || file.startsWith("..")) {
      throw refused(spec.toString());
    }
    String name = file.getName(0).toString();
    if (sets.find(name).isEmpty()) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "no data is named '%s', as '%s' asks; GET /api/v1/data lists what there is"
              .formatted(name, spec));
    }
    if (!Files.exists(folder.path().resolve(file))) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "the data '%s' has no file of that name: %s".formatted(name, spec));
    }
    return spec.below(folder.path());
  }

  /** A request asks for a file that it shall not have. */
  static RejectedException refused(String file) {
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "recipe: expected data as latent:, random:, values: or of a data set, as images:NAME or idx:NAME/FILE, found '%s'; the controller reads no other files for a request"
            .formatted(file));
  }
}
