/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.artifact.Digest;
import dev.sagui.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A release's files in the order of its manifest, under the names that a session opens. Any thread
 * may read them.
 */
public record ReleaseFiles(List<Path> files) {
  /**
   * By which a file tells that it was written or replaced; a disk that rots does not change it.
   *
   * @param place inode, or whatever the file system knows a file by
   */
  public record Mark(String place, long bytes, FileTime written) {
    static Mark of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Mark(Objects.toString(now.fileKey()), now.size(), now.lastModifiedTime());
    }
  }

  /** The files' marks as they are now; nothing is read. */
  public List<Mark> marks() throws IOException {
    List<Mark> marks = new ArrayList<>();
    for (Path file : files) {
      marks.add(Mark.of(file));
    }
    return marks;
  }

  /** Reads them all: what {@link Manifest#subject()} would be of what lies there. */
  public Digest subject() throws IOException {
    List<Digest> digests = new ArrayList<>();
    for (Path file : files) {
      digests.add(ArtifactStore.hashOf(file));
    }
    return Manifest.subject(digests);
  }
}
