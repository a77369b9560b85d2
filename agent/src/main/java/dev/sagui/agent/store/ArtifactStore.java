/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.agent.update.Use;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.FileEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The device's artifacts: {@code blobs/DIGEST} are complete and verified, {@code parts/DIGEST.part}
 * are not, {@code models/MODEL/MANIFEST} are hard links under the names that a session opens. Owned
 * by one thread.
 */
public final class ArtifactStore {
  private final Path home;
  private final Path blobs;
  private final Path parts;
  private final Path models;

  public ArtifactStore(Path home) throws IOException {
    this.home = home;
    this.blobs = Files.createDirectories(blobs(home));
    this.parts = Files.createDirectories(parts(home));
    this.models = Files.createDirectories(home.resolve("models"));
  }

  /** Where the complete artifacts of a store lie, by digest. */
  static Path blobs(Path home) {
    return home.resolve("blobs");
  }

  static Path parts(Path home) {
    return home.resolve("parts");
  }

  /** All that lies here. */
  public Inventory inventory(Map<Digest, Use> uses) throws IOException {
    return Inventory.read(home, uses);
  }

  /** The artifact, complete and verified. */
  public Optional<Path> find(Digest digest) {
    Path file = blobs.resolve(digest.hex());
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * Reads of an artifact that is here.
   *
   * @return bytes read, fewer than {@code length} where it ends or is not here any more
   */
  public int read(Digest digest, long position, byte[] into, int offset, int length)
      throws IOException {
    try (FileChannel channel = FileChannel.open(blobs.resolve(digest.hex()))) {
      return PartFile.readFully(channel, ByteBuffer.wrap(into, offset, length), position);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Length of an artifact that is here; 0 if it is not any more. */
  public long sizeOf(Digest digest) throws IOException {
    Optional<Path> file = find(digest);
    return file.isPresent() ? Files.size(file.get()) : 0;
  }

  /** Deletes an artifact that is of no more use, complete or not. */
  public void drop(Digest digest) throws IOException {
    Files.deleteIfExists(blobs.resolve(digest.hex()));
    Files.deleteIfExists(parts.resolve(digest.hex() + ".part"));
  }

  /**
   * Keeps a small artifact.
   *
   * @throws RejectedException ARTIFACT_DIGEST_MISMATCH
   */
  public void put(Digest digest, byte[] bytes) throws IOException {
    Digest found = Digest.of(bytes);
    if (!found.equals(digest)) {
      throw new RejectedException(
          FailureCode.ARTIFACT_DIGEST_MISMATCH,
          "artifact must be %s, found %s".formatted(digest.abbreviated(), found.abbreviated()));
    }
    StagedFile.write(blobs.resolve(digest.hex()), bytes);
  }

  /** The unfinished artifact, with the chunks that are already here. */
  public PartFile part(Digest digest, ChunkTable table) throws IOException {
    return PartFile.open(parts.resolve(digest.hex() + ".part"), digest, table);
  }

  /**
   * Checks the whole and gives it its final name.
   *
   * @throws RejectedException ARTIFACT_DIGEST_MISMATCH
   */
  public void complete(PartFile part) throws IOException {
    part.finish();
    StagedFile.publish(part.path(), blobs.resolve(part.digest().hex()));
  }

  /**
   * Takes the artifact's final name if the disk has changed its bytes; whether it did. What is
   * still right of it need not be fetched again.
   */
  public boolean demoteIfDamaged(Digest digest) throws IOException {
    Optional<Path> file = find(digest);
    if (file.isEmpty()) {
      return true;
    }
    boolean damaged = !hashOf(file.get()).equals(digest);
    if (damaged) {
      Files.move(
          file.get(),
          parts.resolve(digest.hex() + ".part"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    return damaged;
  }

  /** A release's files, as they were staged. */
  public ReleaseFiles staged(ArtifactName model, Digest manifest, List<FileEntry> files) {
    Path folder = folder(model, manifest);
    return new ReleaseFiles(files.stream().map(file -> folder.resolve(file.name())).toList());
  }

  static Digest hashOf(Path file) throws IOException {
    MessageDigest sha = Digest.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Digest.ofRaw(sha.digest());
  }

  /** Forgets the names of a release's files, which may be links to damaged ones. */
  public void unstage(ArtifactName model, Digest manifest) throws IOException {
    Path folder = folder(model, manifest);
    if (Files.exists(folder)) {
      deleteAll(folder);
    }
  }

  /** A folder in which the release's files have their names. */
  public Path stage(ArtifactName model, Digest manifest, List<FileEntry> files) throws IOException {
    Path folder = Files.createDirectories(folder(model, manifest));
    for (FileEntry file : files) {
      Path link = folder.resolve(file.name());
      if (!Files.exists(link)) {
        Files.createLink(link, blobs.resolve(file.digest().hex()));
      }
    }
    return folder;
  }

  private Path folder(ArtifactName model, Digest manifest) {
    return models.resolve(model.value()).resolve(manifest.hex());
  }

  /**
   * Deletes what is not needed: blobs and parts by their own digest, folders by their release's.
   */
  public void collect(Set<Digest> neededArtifacts, Set<Digest> neededReleases) throws IOException {
    deleteBut(blobs, name -> isOneOf(neededArtifacts, name));
    deleteBut(parts, name -> isOneOf(neededArtifacts, name.replace(".part", "")));
    for (Path model : children(models)) {
      deleteBut(model, name -> isOneOf(neededReleases, name));
    }
  }

  private static boolean isOneOf(Set<Digest> needed, String name) {
    return needed.stream().anyMatch(digest -> digest.hex().equals(name));
  }

  private static void deleteBut(Path folder, Predicate<String> needed) throws IOException {
    for (Path child : children(folder)) {
      if (!needed.test(child.getFileName().toString())) {
        deleteAll(child);
      }
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  private static void deleteAll(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Deletes what was chosen to make room; those that hold it open or linked let go of it first. */
  public void free(List<Inventory.Item> items) throws IOException {
    for (Inventory.Item item : items) {
      Files.deleteIfExists(item.file());
    }
  }

  /** Bytes that the disk has left for this store; 0 when it does not even tell that. */
  public long freeBytes() {
    try {
      return Files.getFileStore(blobs).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }
}
