/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
  @TempDir private Path folder;

  @Test
  void deletesAllThatIsInside() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("gone/inner"));
    Files.writeString(inner.resolve("file"), "x");
    Folders.delete(folder.resolve("gone"));
    assertFalse(Files.exists(folder.resolve("gone")));
    Folders.delete(folder.resolve("gone"));
  }

  @Test
  void whatALinkLeadsToStays() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Path gone = Files.createDirectory(folder.resolve("gone"));
    Files.createSymbolicLink(gone.resolve("link"), kept);
    Folders.delete(gone);
    assertEquals("x", Files.readString(kept.resolve("file")));
  }
}
