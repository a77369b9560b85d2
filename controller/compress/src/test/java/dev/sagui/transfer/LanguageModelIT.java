/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.RecipeFile;
import dev.sagui.run.OrtModel;
import dev.sagui.train.Training;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import dev.sagui.train.plan.TrainingKeys;
import dev.sagui.train.scratch.NetSpec;
import dev.sagui.train.scratch.Setting;
import dev.sagui.train.text.LanguageModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Language models of the licence's text learn sums. */
class LanguageModelIT {
  private static final String OLD = "text:../../LICENSE:60";

  @TempDir static Path folder;

  @BeforeAll
  static void train() throws Exception {
    Files.writeString(folder.resolve("sums.txt"), sums());
    base("gpt", Map.of("context", 16, "width", 16, "heads", 2, "layers", 1));
    base("char-lstm", Map.of("length", 16, "embedding", 8, "units", 24));
  }

  /** Lines as 12 + 30 = 42. */
  private static String sums() {
    SplittableRandom random = new SplittableRandom(5);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      int a = random.nextInt(50);
      int b = random.nextInt(50);
      text.append("%d + %d = %d\n".formatted(a, b, a + b));
    }
    return text.toString();
  }

  private static String sumsFile() {
    return "text:" + folder.resolve("sums.txt");
  }

  private static void base(String name, Map<String, Object> net) throws Exception {
    Keys data = Keys.of(Map.of("data", OLD), "test");
    Keys plan = Keys.of(Map.of("steps", 50, "optimizer", Map.of("adam", Map.of("rate", 0.01))), "");
    TrainingKeys keys = TrainingKeys.parse(plan, TrainingKeys.USUAL);
    try (Training training =
        NetSpec.parse(Map.of(name, net))
            .prepare(Setting.parse(data, 16, 1, 5))
            .training(keys.trainer())) {
      run(training);
      ModelWriter.writeOne(training.models().get("model"), model(name));
    }
  }

  private static Path model(String name) {
    return folder.resolve(name + ".onnx");
  }

  private static Map<String, Object> recipe(String base) {
    Map<String, Object> recipe = new HashMap<>();
    recipe.put("base", model(base));
    recipe.put("data", sumsFile());
    recipe.put("steps", 24);
    recipe.put("batch", 16);
    recipe.put("average", 0.8);
    recipe.put("optimizer", Map.of("adam", Map.of("rate", 0.01)));
    recipe.put("threads", 1);
    return recipe;
  }

  private static void run(Training training) {
    while (training.done() < training.steps()) {
      training.step();
    }
  }

  private static Transfer transfer(Map<String, Object> recipe, Scratch scratch) throws IOException {
    return Transfer.of(TransferSpec.parse(recipe), scratch, Progress.NONE);
  }

  private static Training training(Map<String, Object> recipe, Scratch scratch) throws IOException {
    TransferSpec spec = TransferSpec.parse(recipe);
    return transfer(recipe, scratch).training(spec.keys().trainer());
  }

  @ParameterizedTest
  @CsvSource({
    "gpt, head",
    "gpt, lora",
    "gpt, full",
    "char-lstm, head",
    "char-lstm, lora",
    "char-lstm, full"
  })
  void foretellsTheNewTextBetterAndShowsWhatItForgets(String base, String method)
      throws IOException {
    Map<String, Object> recipe = recipe(base);
    recipe.put("method", method);
    recipe.put("known", OLD);
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = transfer(recipe, scratch);
      Map<String, Double> before = transfer.figures();
      try (Training training = transfer.training(TransferSpec.parse(recipe).keys().trainer())) {
        run(training);
        Map<String, Double> after = training.figures();
        assertTrue(
            after.get("perplexity") < 0.97 * before.get("perplexity"), before + " to " + after);
        assertTrue(
            after.get("known_perplexity") > before.get("known_perplexity"), before + " " + after);
        assertEquals(after.get("perplexity"), training.score().value());
        requireAdapterMerges(method, training);
      }
    }
  }

  private static void requireAdapterMerges(String method, Training training) throws IOException {
    byte[] adapter = training.files().get("adapter.safetensors");
    assertEquals(method.equals("lora"), adapter != null);
    if (adapter != null) {
      OnnxModel made = training.net();
      boolean recurrent =
          made.graph().getNodeList().stream().anyMatch(n -> n.getOpType().equals("LSTM"));
      String names = new String(adapter, StandardCharsets.ISO_8859_1);
      assertEquals(recurrent, names.contains("lstm.r.lora_A.weight"), names.substring(0, 400));
      Path merged = folder.resolve("merged.onnx");
      OnnxModel base = OnnxModel.open(training.models().get("model").file());
      ModelWriter.writeOne(Adapter.merge(base, adapter), merged);
      Path own = folder.resolve("own.onnx");
      ModelWriter.writeOne(training.models().get("model"), own);
      assertEquals(-1, Files.mismatch(own, merged));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt", "char-lstm"})
  void goesOnFromACheckpointToTheSameBytes(String base) throws IOException {
    try (Scratch scratch = Scratch.create();
        Training whole = training(recipe(base), scratch);
        Training begun = training(recipe(base), scratch);
        Training goesOn = training(recipe(base), scratch)) {
      run(whole);
      for (int i = 0; i < 10; i++) {
        begun.step();
      }
      goesOn.resume(begun.state());
      run(goesOn);
      assertEquals(whole.state(), goesOn.state());
    }
  }

  @Test
  void writesATextBehindTheSameBeginnings() throws IOException {
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = transfer(recipe("char-lstm"), scratch);
      OnnxModel model = transfer.models().get("model");
      transfer.sheet().orElseThrow().write(model, folder.resolve("one"));
      transfer.sheet().orElseThrow().write(model, folder.resolve("two"));
      String text = Files.readString(folder.resolve("one.txt"));
      assertEquals(text, Files.readString(folder.resolve("two.txt")));
      assertEquals(4, text.lines().filter(line -> line.startsWith(">>> ")).count(), text);
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, 16", "1, -1", "1, 16", "3, 16"})
  void aModelOfFixedSizeLearnsAndWrites(long batch, long length) throws IOException {
    Layers net = new Layers(1);
    net.input("ids", ElementType.INT64, batch, length);
    String table = net.weight("table", Start.normal(0.1), 256, 8);
    String back = net.weight("back", Start.normal(0.1), 8, 256);
    String rows = net.node("Gather", table, "ids");
    net.named("logits", NodeBuilder.of("MatMul").inputs(rows, back));
    net.output("logits", ElementType.FLOAT, batch, length, 256);
    ModelWriter.writeOne(net.build("fixed", Map.of()), model("fixed"));
    Map<String, Object> recipe = recipe("fixed");
    recipe.put("method", "full");
    recipe.put("steps", 60);
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = transfer(recipe, scratch);
      double before = transfer.figures().get("perplexity");
      try (Training training = transfer.training(TransferSpec.parse(recipe).keys().trainer())) {
        run(training);
        assertTrue(training.figures().get("perplexity") < 0.9 * before, before + "");
        transfer.sheet().orElseThrow().write(training.models().get("model"), folder.resolve("f"));
      }
      assertTrue(Files.readString(folder.resolve("f.txt")).contains(">>> "));
    }
  }

  @Test
  void linesAreCutToTheContextWhereItIsCompressed() throws IOException {
    String data =
        text(
            "long.txt",
            ("a line of many tokens ".repeat(9) + "\n").repeat(4).getBytes(StandardCharsets.UTF_8));
    Recipe recipe =
        RecipeFile.parse("{data: '%s', steps: [{store: {weights: int8}}]}".formatted(data));
    CompressionReport report =
        new Compression(1, Optional.empty())
            .compress(model("gpt"), recipe, folder.resolve("stored"), Progress.NONE);
    assertTrue(report.comparison().orElseThrow().quality().sqnrDb() > 20);
  }

  @Test
  void linesOfUnlikeLengthsAreRefusedByTheirTokens() throws IOException {
    byte[] lines =
        "a\nab\nabc\nabcd\nabcde\nabcdef\nabcdefg\nabcdefgh\n".getBytes(StandardCharsets.UTF_8);
    Recipe recipe =
        RecipeFile.parse(
            "{data: '%s', steps: [finetune: {steps: 1}]}".formatted(text("uneven.txt", lines)));
    Compression compression = new Compression(1, Optional.empty());
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () ->
                compression.compress(
                    model("gpt"), recipe, folder.resolve("uneven"), Progress.NONE));
    assertTrue(e.getMessage().contains("under 'ids', found 4 and 8 values"), e.getMessage());
  }

  @Test
  void aRunThatFailsSaysOnWhat() throws IOException {
    OnnxModel gpt = OnnxModel.open(model("gpt")).runnable();
    LanguageModel net = LanguageModel.find(gpt).orElseThrow();
    try (OrtModel session = OrtModel.open(gpt, 1, false)) {
      RejectedException e =
          assertThrows(RejectedException.class, () -> session.run(net.inputs(net.tokens(1, 17))));
      assertTrue(e.getMessage().contains("on ids INT64[1, 17]: "), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  private static String refusal(Map<String, Object> recipe) {
    return assertThrows(
            RejectedException.class,
            () -> {
              try (Scratch scratch = Scratch.create()) {
                transfer(recipe, scratch);
              }
            })
        .getMessage();
  }

  private static String text(String name, byte[] bytes) throws IOException {
    return "text:" + Files.write(folder.resolve(name), bytes);
  }

  @Test
  void refusesATextThatIsShorterThanItsWindows() throws IOException {
    Map<String, Object> recipe = recipe("gpt");
    recipe.put("data", text("short.txt", "too short".getBytes(StandardCharsets.UTF_8)));
    String told = refusal(recipe);
    assertTrue(told.contains("too little for windows of 16 tokens"), told);
    recipe.put("data", sumsFile());
    recipe.put("known", text("short.txt", "too short".getBytes(StandardCharsets.UTF_8)));
    told = refusal(recipe);
    assertTrue(told.contains("under 'known'"), told);
  }

  @Test
  void refusesAWindowThatTheModelDoesNotTake() {
    Map<String, Object> recipe = recipe("gpt");
    recipe.put("window", 17);
    String told = refusal(recipe);
    assertTrue(told.contains("does not take a window of 17 tokens"), told);
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Map<String, Object> recipe = recipe("gpt");
    recipe.put("data", text("latin1.txt", new byte[] {'c', 'a', 'f', (byte) 0xe9, '\n'}));
    String told = refusal(recipe);
    assertTrue(told.contains("UTF-8"), told);
  }

  @Test
  void refusesCharactersThatTheVocabularyLacks() throws IOException {
    Layers net = new Layers(1);
    net.input("ids", ElementType.INT64, Layers.BATCH, Layers.LENGTH);
    String table = net.weight("table", Start.normal(1), 110, 4);
    String back = net.weight("back", Start.normal(1), 4, 110);
    String rows = net.node("Gather", table, "ids");
    net.named("logits", NodeBuilder.of("MatMul").inputs(rows, back));
    net.output("logits", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, 110);
    ModelWriter.writeOne(net.build("few", Map.of()), model("few"));
    Map<String, Object> recipe = recipe("few");
    recipe.put("data", text("few.txt", "abc xyz".repeat(100).getBytes(StandardCharsets.UTF_8)));
    String told = refusal(recipe);
    assertTrue(told.contains("found 120, 'x', at place 4"), told);
  }

  @Test
  void refusesAModelThatForetellsNothing() throws IOException {
    SmallClassifier.write(folder.resolve("classifier.onnx"), 6);
    Map<String, Object> recipe = recipe("classifier");
    String told = refusal(recipe);
    assertTrue(told.contains("no language model"), told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt", "char-lstm"})
  void learnsTheNewTextInASimplerNet(String base) throws IOException {
    Map<String, Object> recipe = recipe(base);
    recipe.put("student", Map.of("width", 0.5));
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = transfer(recipe, scratch);
      double before = transfer.before().value();
      try (Training training = transfer.training(TransferSpec.parse(recipe).keys().trainer())) {
        run(training);
        assertTrue(training.score().value() < 0.97 * before, before + " to " + training.score());
        long parameters = training.models().get("model").facts().parameters();
        assertTrue(parameters < OnnxModel.open(model(base)).facts().parameters());
      }
    }
  }

  @Test
  void refusesTargetsBesideAWindow() {
    Map<String, Object> recipe = recipe("gpt");
    recipe.put("window", 8);
    recipe.put("targets", "random:7:8");
    String told = refusal(recipe);
    assertTrue(told.contains("'known' are of"), told);
  }

  @Test
  void windowsFoundByTryingAreAsLongAsTheContext() throws IOException {
    OnnxModel gpt = OnnxModel.open(model("gpt")).runnable();
    assertEquals(16, LanguageModel.find(gpt).orElseThrow().window(gpt, 256));
  }
}
