/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.KnownBoards;
import dev.sagui.json.Fields;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Gate;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchIT {
  private static final Map<String, DataSpec> FEW = Map.of("", DataSpec.parse("latent:normal:0:64"));

  @TempDir Path folder;

  @Test
  void eachDeviceGetsAVariantInItsOwnArithmeticAndAReasonForIt() throws IOException {
    Path out = folder.resolve("out");
    Fitting fitting =
        search(
            out,
            List.of(HostMachine.profile(), KnownBoards.get("raspberry-pi-4")),
            List.of(new Gate("sqnr", 38)),
            Duration.ofMinutes(2));
    assertTrue(fitting.met());
    for (Decision decision : fitting.decisions()) {
      Attempt chosen = decision.chosen().orElseThrow();
      assertTrue(chosen.quality().sqnrDb() >= 38, chosen.toString());
      assertTrue(chosen.ratio() < 0.9, chosen.toString());
      assertTrue(chosen.suits(decision.wish().format()));
      assertTrue(decision.reason().contains("int8 for"), decision.reason());
      OnnxModel kept = OnnxModel.open(out.resolve(chosen.name().value()));
      assertEquals(chosen.bytes(), kept.sizeBytes());
    }
    assertEquals("measured", fitting.decisions().get(0).time().source().label());
    assertEquals("estimated", fitting.decisions().get(1).time().source().label());
    assertTrue(fitting.dropped().containsKey("prune40-stored"), fitting.dropped().toString());
    assertEquals(
        -1, Files.mismatch(DemoModels.VAE_DECODER, fitting.variants(out).get(0).files().get(0)));
    for (Variant variant : fitting.variants(out)) {
      givesItsGoldenOutputs(variant);
    }
    Fields json = Fields.parse(Files.readAllBytes(out.resolve("fit.json")));
    assertEquals(2, json.objects("choices", choice -> choice.string("variant")).size());
    String page = Files.readString(out.resolve("fit.html"));
    assertTrue(page.contains("<svg") && page.contains("data:image/png;base64,"), page);
    assertTrue(page.contains("computes in int8"), page);
    try (var hidden = Files.list(out)) {
      assertFalse(hidden.anyMatch(path -> path.getFileName().toString().startsWith(".")));
    }
  }

  private static void givesItsGoldenOutputs(Variant variant) throws IOException {
    List<Tensor> golden = Safetensors.parse(Files.readAllBytes(variant.golden()));
    assertEquals(List.of("in:z", "out:image"), golden.stream().map(Tensor::name).toList());
    assertEquals(List.of(2L, 32L), golden.get(0).shape());
    try (OrtModel session = OrtModel.open(OnnxModel.open(variant.folder()).file(), 1)) {
      Tensor output = session.run(List.of(golden.get(0).named("z"))).get(0);
      assertArrayEquals(golden.get(1).floats(), output.floats());
    }
  }

  @Test
  void whatCannotBeMetIsRefusedWithTheNearest() throws IOException {
    Fitting fitting =
        search(
            folder.resolve("out"),
            List.of(HostMachine.profile()),
            List.of(new Gate("sqnr", 30), new Gate("flash", 10_000)),
            Duration.ofMillis(1));
    assertFalse(fitting.met());
    Decision refused = fitting.decisions().get(0);
    assertTrue(refused.nearest().isPresent());
    assertTrue(refused.reason().contains("flash"), refused.reason());
    assertTrue(fitting.dropped().get("int8").contains("allowance"));
  }

  @Test
  void aFolderOfOthersIsLeftAlone() throws IOException {
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("letter.txt"), "dear");
    assertThrows(
        RejectedException.class,
        () -> search(foreign, List.of(HostMachine.profile()), List.of(), Duration.ofMillis(1)));
    assertEquals("dear", Files.readString(foreign.resolve("letter.txt")));
  }

  private static Fitting search(
      Path out, List<DeviceProfile> devices, List<Gate> limits, Duration allowance)
      throws IOException {
    Search.Demand demand =
        new Search.Demand(
            devices,
            new Limits(limits, Map.of()),
            Preference.SPEED,
            new Workbench.Settings(7, FEW, 1),
            allowance);
    return Search.run(DemoModels.VAE_DECODER, demand, out, Progress.NONE);
  }
}
