/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.fit.DeviceBench;
import dev.sagui.json.Fields;
import dev.sagui.manifest.SigningKey;
import dev.sagui.onnx.Progress;
import dev.sagui.server.PackagedController;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.JobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds of one job that follow each other while a process that lost one may be there still. */
class VariantWorkshopTest {
  /** No time for more than to measure the model as it came. */
  private static final String SHORT = "{\"profiles\":[\"raspberry-pi-5\"],\"minutes\":0.0001}";

  @TempDir Path home;

  private RunFolders folders;
  private VariantWorkshop workshop;
  private Model model;

  @BeforeEach
  void store() throws IOException {
    BlobFolder blobs = new BlobFolder(home.resolve("blobs"), Long.MAX_VALUE);
    folders = new RunFolders(home.resolve("work"));
    workshop = new VariantWorkshop(folders, blobs, new SigningKey(SigningKey.generate()));
    StoredFile file = blobs.put("model.onnx", PackagedController.DECODER);
    model =
        new Model(
            new ArtifactName("decoder"),
            file.digest(),
            1,
            17,
            1,
            List.of(),
            List.of(),
            List.of(file),
            Instant.EPOCH);
  }

  @Test
  void theNextGoesOnAndWhoWasFrozenMeanwhileWritesNothing() throws IOException {
    List<VariantWorkshop.Fitted> next = new ArrayList<>();
    Progress frozen =
        (what, part) -> {
          if (next.isEmpty()) {
            next.add(next());
          }
        };
    JobStore.Hold lost = hold(2);
    assertThrows(Exception.class, () -> fitted(lost, frozen)); // its files are gone
    assertEquals(1, next.get(0).variants().size());
    folders.leave(lost);
    assertEquals(List.of("4"), left());
  }

  private VariantWorkshop.Fitted next() {
    try {
      return fitted(hold(4), Progress.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whoComesLateTakesNothingFromTheNext() throws IOException {
    fitted(hold(4), Progress.NONE);
    assertThrows(CancellationException.class, () -> fitted(hold(2), Progress.NONE));
    assertEquals(List.of("4"), left());
  }

  private VariantWorkshop.Fitted fitted(JobStore.Hold hold, Progress progress) throws IOException {
    Fields request = Fields.parse(SHORT.getBytes(StandardCharsets.UTF_8));
    return workshop.fitted(
        hold,
        model,
        FitRequest.demand(request, Profiles.read(Optional.empty())::get),
        DeviceBench.NONE,
        progress);
  }

  private static JobStore.Hold hold(long version) {
    return new JobStore.Hold("fit", "fit-1", version);
  }

  private List<String> left() throws IOException {
    try (var all = Files.list(home.resolve("work").resolve("fit-1"))) {
      return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }
}
