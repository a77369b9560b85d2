/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.device.Budget;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What an agent does to believe a file: the signed manifest, the chunk table that it names, each
 * chunk against the table and, on a thread beside, the whole against the manifest.
 *
 * <p>{@code java -cp sagui-agent.jar CheckedChunks.java FILE TIMES} prints the 10th percentile in
 * milliseconds.
 */
public final class CheckedChunks {
  private static final ArtifactName PROFILE = new ArtifactName("raspberry-pi-5");
  private static final Budget BUDGET = new Budget(1L << 40, 1L << 40, 1000);

  private CheckedChunks() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    int times = Integer.parseInt(args[1]);
    byte[] table = table(file);
    SigningKey key = new SigningKey(SigningKey.generate());
    byte[] signed = key.sign(manifest(file, Digest.of(table)));
    ManifestCheck check = new ManifestCheck(List.of(key.trusted()));
    long[] nanos = new long[times];
    for (int i = -times; i < times; i++) { // as often before, for the compiler
      long from = System.nanoTime();
      verify(file, signed, table, check);
      nanos[Math.max(i, 0)] = System.nanoTime() - from;
    }
    Arrays.sort(nanos);
    System.out.println(nanos[(times + 9) / 10 - 1] / 1e6);
  }

  private static void verify(Path file, byte[] signed, byte[] table, ManifestCheck check)
      throws Exception {
    FileEntry entry = check.manifest(signed, PROFILE, 0, BUDGET).files().get(0);
    if (!Digest.of(table).equals(entry.chunks())) {
      throw new IllegalStateException("another chunk table");
    }
    Thread beside = new Thread(() -> whole(file, entry));
    beside.start();
    ChunkTable chunks = ChunkTable.parse(table, entry.sizeBytes());
    byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int i = 0; i < chunks.count(); i++) {
        chunks.check(i, chunk, 0, in.readNBytes(chunk, 0, chunk.length));
      }
    }
    beside.join();
  }

  private static void whole(Path file, FileEntry entry) {
    if (!digest(file).equals(entry.digest())) {
      System.err.println("another file");
      System.exit(1);
    }
  }

  private static Digest digest(Path file) {
    MessageDigest sha = Digest.sha256();
    byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
        sha.update(chunk, 0, read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Digest.ofRaw(sha.digest());
  }

  private static byte[] table(Path file) throws Exception {
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    try (InputStream in = Files.newInputStream(file)) {
      for (byte[] chunk = next(in); chunk.length > 0; chunk = next(in)) {
        table.write(Digest.of(chunk).raw());
      }
    }
    return table.toByteArray();
  }

  private static byte[] next(InputStream in) throws Exception {
    return in.readNBytes(ChunkTable.CHUNK_BYTES);
  }

  private static Manifest manifest(Path file, Digest chunks) throws Exception {
    FileEntry entry = new FileEntry("model.onnx", digest(file), Files.size(file), chunks);
    return new Manifest(
        new ArtifactName("model"),
        new ArtifactName("fp32"),
        1,
        Instant.EPOCH,
        List.of(PROFILE),
        List.of(entry),
        "model.onnx",
        List.of(),
        List.of(),
        entry,
        0,
        new Manifest.Limits(Double.POSITIVE_INFINITY, 1),
        Map.of());
  }
}
