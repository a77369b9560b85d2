/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.ChildBenches;
import dev.sagui.agent.config.ConfigFile;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.engine.OrtEngine;
import dev.sagui.agent.fetch.HttpSource;
import dev.sagui.agent.link.Link;
import dev.sagui.agent.link.PahoLink;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.agent.serve.InferenceServer;
import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.store.StagedFile;
import dev.sagui.agent.store.Wear;
import dev.sagui.agent.trial.ChildTrials;
import dev.sagui.agent.trial.Trials;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Json;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.SigningKey;
import dev.sagui.wire.Channel;
import dev.sagui.wire.DeviceState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Wires the agent of one device and runs it until it is told to end. */
public final class Main {
  private static final System.Logger LOG = System.getLogger("sagui.agent");
  private static final Duration TRIAL_LIMIT = Duration.ofMinutes(3);

  private final Settings settings;
  private final EventLoop loop = new EventLoop();
  private final Inbox inbox = new Inbox();
  private final ModelTable models = new ModelTable();
  private final String instance = UUID.randomUUID().toString();
  private final CountDownLatch ended = new CountDownLatch(1);

  private Main(Settings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) {
    System.setProperty(
        "java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n");
    try {
      if (args.length > 0) {
        System.exit(StatusCommand.run(List.of(args)));
      }
      new Main(ConfigFile.read()).run();
    } catch (RejectedException e) {
      String.valueOf(e.getMessage()).lines().forEach(line -> System.err.println("sagui: " + line));
      System.exit(2);
    } catch (IOException e) {
      System.err.println("sagui: the disk or file gave an error: " + e.getMessage());
      System.exit(2);
    } catch (InterruptedException e) {
      System.exit(130);
    }
  }

  private void run() throws IOException, InterruptedException {
    FolderLock lock = FolderLock.take(settings.home());
    Beside<AgentMetrics> metrics =
        Beside.begin("metrics", () -> new AgentMetrics(settings.profile().name().value()));
    Beside<InferenceServer> serving = Beside.begin("http", () -> serve(metrics.get()));
    SigningKey key = DeviceKey.open(settings.home());
    OrtEngine engine = new OrtEngine(natives());
    if (Files.exists(settings.home().resolve("journal"))) {
      engine.startLoading(); // beside the rest of the start
    }
    ArtifactStore store = new ArtifactStore(settings.home());
    Clock wallClock = WallClock.start();
    LateLink link = new LateLink();
    Agent agent = new Agent(parts(key, engine, store, metrics.get(), wallClock), link);
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
    try {
      agent.resume();
      try (InferenceServer server = serving.get()) {
        settings.sharedBytesPerSecond().ifPresent(rate -> server.share(store::find, rate));
        ready(server.url());
        byte[] birth = birth(server.url(), key, engine.version(), store.freeBytes());
        agent.fetchFrom(web(agent, wallClock));
        link.become(connect(agent, birth));
        loop.run(agent::tick, agent::isBusy);
        sayGoodbye(link, agent);
      }
    } finally {
      lock.lock().close();
      ended.countDown();
    }
  }

  private byte[] birth(URI url, SigningKey key, String runtime, long freeBytes) {
    DeviceState.Facts facts =
        DeviceFacts.read(settings, runtime, version(), url.toString(), freeBytes);
    return new DeviceState(
            settings.device(), instance, true, Optional.of(facts), Optional.of(key.trusted()))
        .encode();
  }

  private InferenceServer serve(AgentMetrics metrics) throws IOException {
    return InferenceServer.start(
        settings.serveHost(), settings.servePort(), models, metrics, version());
  }

  private Agent.Parts parts(
      SigningKey key, OrtEngine engine, ArtifactStore store, AgentMetrics metrics, Clock clock) {
    Wear wear = new Wear(settings.home(), clock, Wear::ofThisProcess);
    metrics.showWear(wear::todayBytes);
    ManifestCheck check = new ManifestCheck(List.of(settings.trust()));
    Installer installer = new Installer(settings, store, engine, trials(), check);
    return new Agent.Parts(
        settings,
        instance,
        store,
        new Journal(settings.home()),
        wear,
        new Attestor(
            new Attestor.Signer(settings.device(), key, version(), engine::version),
            new Readings(store, installer.artifacts(), Readings.worker())),
        installer,
        new ChildBenches(settings.home().resolve("bench"), natives(), System::nanoTime),
        check,
        models,
        metrics,
        DeviceFacts::availableBytes,
        System::nanoTime,
        clock);
  }

  private WebSources web(Agent agent, Clock wallClock) {
    WebChunks taker = new WebChunks(loop, agent);
    return new WebSources(
        settings.web(), server -> new HttpSource(server, taker, System::nanoTime, wallClock));
  }

  private Trials trials() {
    return new ChildTrials(
        settings.home().resolve("trial"), natives(), TRIAL_LIMIT, System::nanoTime);
  }

  private Path natives() {
    return settings.home().resolve("native");
  }

  private void ready(URI url) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", settings.device().value());
    map.put("serve_url", url.toString());
    map.put("pid", ProcessHandle.current().pid());
    try {
      StagedFile.write(settings.home().resolve("agent.json"), Json.pretty(map));
    } catch (IOException e) { // whoever knows the port is served all the same
      LOG.log(Level.WARNING, "agent.json=unwritten reason=\"{0}\"", e.getMessage());
    }
    System.out.printf(
        "sagui agent ready device=%s http=%s serving=%s%n",
        settings.device(),
        url,
        models.all().stream().map(model -> model.model() + "/" + model.variant()).toList());
  }

  private Link connect(Agent agent, byte[] birth) {
    byte[] will = offline();
    PahoLink.Target target =
        new PahoLink.Target(
            settings.mqttUrl(),
            settings.mqttUsername(),
            settings.mqttPassword(),
            settings.mqttKeystore(),
            settings.topics(),
            settings.device(),
            will);
    Link.Listener listener =
        new Link.Listener() {
          @Override
          public void connected() {
            long since = System.nanoTime();
            loop.post(() -> agent.connected(birth, since));
          }

          @Override
          public void arrived(Channel channel, byte[] payload) {
            if (inbox.offer(channel, payload)) {
              loop.post(() -> takeOne(agent));
            }
          }
        };
    return PahoLink.start(target, listener, RandomGenerator.getDefault());
  }

  private void takeOne(Agent agent) throws IOException {
    Optional<Inbox.Message> message = inbox.take();
    if (message.isPresent()) {
      agent.arrived(message.get().channel(), message.get().payload());
    }
  }

  private byte[] offline() {
    return new DeviceState(settings.device(), instance, false, Optional.empty(), Optional.empty())
        .encode();
  }

  private void sayGoodbye(Link link, Agent agent) throws IOException {
    agent.end();
    Files.deleteIfExists(settings.home().resolve("agent.json")); // first: time to end is short
    try {
      link.publish(Channel.STATE, offline(), true);
    } catch (UnavailableException e) {
      // the broker says it for us
    }
    link.close();
    models.close();
  }

  private void end() {
    loop.stop();
    try {
      ended.await(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("dev");
  }
}
