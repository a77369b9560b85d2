/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The arrays of a {@code .npz} file, stored or deflated. An array that is read to its end is held
 * against its checksum.
 */
final class ArrayZip implements NamedArrays {
  private static final String ENDING = ".npy";

  private final Path path;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new TreeMap<>();

  ArrayZip(Path path) {
    this.path = path;
    if (!Files.isRegularFile(path)) {
      throw BadData.missing("an .npz file", path);
    }
    try {
      zip = new ZipFile(path.toFile());
    } catch (IOException e) {
      throw BadData.unreadable(path, "an .npz archive", e);
    }
    zip.stream()
        .filter(entry -> entry.getName().endsWith(ENDING))
        .forEach(entry -> entries.put(strip(entry.getName()), entry));
    if (entries.isEmpty()) {
      close();
      throw BadData.of("expected arrays in %s, found no entry that ends in .npy".formatted(path));
    }
  }

  private static String strip(String entry) {
    return entry.substring(0, entry.length() - ENDING.length());
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  @Override
  public InputStream open(String name) throws IOException {
    ZipEntry entry = java.util.Objects.requireNonNull(entries.get(name));
    InputStream raw = new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
    return new Verified(raw, entry);
  }

  @Override
  public OptionalLong bytes(String name) {
    long size = java.util.Objects.requireNonNull(entries.get(name)).getSize();
    return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw BadData.unreadable(path, "an .npz archive", e);
    }
  }

  /** Compares the checksum once the end is met: {@link ZipFile} itself does not. */
  private static final class Verified extends FilterInputStream {
    private final ZipEntry entry;
    private final CRC32 sum;

    Verified(InputStream raw, ZipEntry entry) {
      this(raw, entry, new CRC32());
    }

    private Verified(InputStream raw, ZipEntry entry, CRC32 sum) {
      super(new CheckedInputStream(raw, sum));
      this.entry = entry;
      this.sum = sum;
    }

    @Override
    public int read() throws IOException {
      return checked(super.read());
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return checked(super.read(into, offset, length));
    }

    private int checked(int result) throws IOException {
      if (result < 0 && entry.getCrc() >= 0 && entry.getCrc() != sum.getValue()) {
        throw new IOException(
            "the checksum of '%s' does not match, the archive is damaged"
                .formatted(entry.getName()));
      }
      return result;
    }
  }
}
