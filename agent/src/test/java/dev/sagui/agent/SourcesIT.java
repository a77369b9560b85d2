/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.BlobServer;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.BlobTable;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.wire.SlotState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a device takes a release from that its deployment names addresses for. */
class SourcesIT extends FaultScene {
  private BlobServer web;
  private BlobServer other;

  @BeforeEach
  void serve() throws Exception {
    config.put("sagui.update.soak", "PT0.1S");
    web = new BlobServer();
    other = new BlobServer();
    for (BlobServer server : List.of(web, other)) {
      fake.artifacts().forEach(server::keep);
    }
  }

  @AfterEach
  void close() {
    web.close();
    other.close();
  }

  private void allow(BlobServer server) {
    config.put("sagui.fetch.allow", "http://127.0.0.1:" + server.port());
  }

  private void deploy(BlobServer... from) throws Exception {
    mark();
    controller.want(desired(DEVICE, second, Stream.of(from).map(BlobServer::template)));
    awaitCommitted("v2");
  }

  private byte[] desired(DeviceId device, Release release, Stream<String> from) {
    List<BlobAddress> addresses = from.map(BlobAddress::new).toList();
    return fake.desired(
        device,
        2,
        Map.of("double", release),
        Optional.empty(),
        new FetchTerms(OptionalLong.empty(), addresses));
  }

  @Test
  void aReleaseComesFromTheServerOfItsDeploymentThatIsGood() throws Exception {
    config.put("sagui.fetch.allow", "http://127.0.0.1:*");
    serveFirst(folder);
    web.err(BlobServer.Fault.GONE, 0);
    deploy(web, other);
    assertEquals(1, web.ranges().size(), web.ranges().toString());
    assertTrue(other.ranges().size() >= 3, other.ranges().toString()); // manifest, table, file
    assertEquals(0, requestsForSecond());
    row(
        "F4 bad web server",
        "the first that the deployment names is gone",
        "v1 serves, the second is asked, then v2");
  }

  @Test
  void aReleaseComesFromAddressesThatAreSignedForEachObject() throws Exception {
    allow(web);
    serveFirst(folder);
    web.demandSignatures(Set.of());
    mark();
    controller.want(signed(2));
    awaitCommitted("v2");
    assertTrue(web.ranges().size() >= 2, web.ranges().toString()); // manifest, file
    assertEquals(0, requestsForSecond());
    assertEquals(1, requestsFor(second.file().chunks()), "the table, which has no address");
    row(
        "F4 bad web server",
        "it has no address of one object",
        "v1 serves, MQTT brings that one, then v2");
  }

  @Test
  void addressesThatHaveExpiredAreLeftAndNewOnesAreTaken() throws Exception {
    allow(web);
    config.put("sagui.fetch.rate", "300000");
    serveFirst(folder);
    web.demandSignatures(Set.of(second.file().digest()));
    mark();
    controller.want(signed(2));
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 2);
    long before = requestsForSecond();
    assertTrue(before > 0, "MQTT goes on");
    web.demandSignatures(Set.of());
    int asked = web.ranges().size();
    controller.want(signed(3));
    awaitCommitted("v2");
    assertTrue(web.ranges().size() > asked, "the new addresses are asked");
    row(
        "F4 bad web server",
        "its address of an object has expired, later there are new ones",
        "v1 serves, MQTT goes on, the new ones are taken, then v2");
  }

  /** With addresses of manifest and file, and none of the table of its chunks. */
  private byte[] signed(long sequence) {
    Map<Digest, String> addresses = new LinkedHashMap<>();
    for (Digest artifact : List.of(second.digest(), second.file().digest())) {
      addresses.put(artifact, web.signed(artifact));
    }
    FetchTerms terms =
        new FetchTerms(
            OptionalLong.of(1_000_000_000 + sequence),
            Duration.ZERO,
            List.of(),
            List.of(new BlobTable(addresses)),
            List.of());
    return fake.desired(DEVICE, sequence, Map.of("double", second), Optional.empty(), terms);
  }

  @Test
  void aDeviceTakesItsModelFromANeighbourThatHasIt() throws Exception {
    config.put("sagui.neighbours.serve", "true");
    serveFirst(folder);
    try (Attic attic = new Attic()) {
      fake.heard().clear();
      attic.deploy();
      assertEquals("v1", servedAt(attic.agent.server()));
      assertEquals(List.of(), fake.heard());
    }
  }

  @Test
  void aNeighbourWhoseCopyHasRottedIsLeft() throws Exception {
    config.put("sagui.neighbours.serve", "true");
    serveFirst(folder);
    Path copy = folder.resolve("home/blobs").resolve(first.file().digest().hex());
    try (FileChannel disk = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      disk.write(ByteBuffer.wrap(new byte[] {99}), disk.size() / 2);
    }
    try (Attic attic = new Attic()) {
      mark();
      attic.deploy();
      assertEquals("v1", servedAt(attic.agent.server()));
      assertTrue(attic.agent.said().contains("source=left"), attic.agent.said());
      row(
          "F10 SD rot",
          "in the model that a neighbour takes",
          "the neighbour is left, MQTT brings it");
    }
  }

  @Test
  void aDeviceGivesNothingToNeighboursUnlessItIsToldTo() throws Exception {
    serveFirst(folder);
    URI chunks = agent.server().resolve("/chunks/" + first.file().digest());
    HttpRequest request = HttpRequest.newBuilder(chunks).build();
    assertEquals(
        404, HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode());
  }

  /** Another device, beside the one that serves the first release. */
  private final class Attic implements AutoCloseable {
    private final DeviceId device = new DeviceId("attic");
    private final TestBroker broker;
    private final ControllerOnWire controller;
    private final AgentProcess agent;

    Attic() throws Exception {
      Path place = Files.createDirectories(folder.resolve("attic"));
      broker = new TestBroker(place.resolve("broker"), 0);
      controller = new ControllerOnWire(broker.url(), TOPICS, device, fake);
      Map<String, String> own = new TreeMap<>(AgentProcess.config(place, device, fake, broker));
      own.put("sagui.update.soak", "PT0.1S");
      own.put("sagui.fetch.allow", "http://127.0.0.1:*");
      agent = AgentProcess.start(place, own);
    }

    /** Shall serve the first release too, and take it from the first device. */
    void deploy() throws Exception {
      String neighbour = SourcesIT.this.agent.server() + "/chunks/{digest}";
      controller.want(desired(device, first, Stream.of(neighbour)));
      controller.awaitSlot(slot -> slot.state() == SlotState.IDLE && slot.serving().isPresent());
    }

    @Override
    public void close() throws MqttException {
      agent.close();
      controller.close();
      broker.close();
    }
  }

  @Test
  void aServerThatTheDeviceDoesNotAllowIsNotAsked() throws Exception {
    allow(other);
    serveFirst(folder);
    deploy(web);
    assertEquals(List.of(), web.ranges());
    assertTrue(agent.said().contains("source=refused"), agent.said());
    row(
        "F14 access to the controller stolen",
        "a deployment names an address of the device's network",
        "nothing is asked there; v1 serves, MQTT brings v2");
  }

  @Test
  void aServerThatIsAllowedCannotSendTheDeviceElsewhere() throws Exception {
    allow(web);
    serveFirst(folder);
    web.redirect(other.template());
    deploy(web);
    assertEquals(1, web.ranges().size(), web.ranges().toString());
    assertEquals(List.of(), other.ranges());
    row(
        "F4 bad web server",
        "it redirects to an address of the device's network",
        "nothing is asked there; v1 serves, MQTT brings v2");
  }
}
