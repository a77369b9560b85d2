/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.BlobServer;
import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.FetchTerms;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    List<BlobAddress> addresses =
        List.of(from).stream().map(server -> new BlobAddress(server.template())).toList();
    mark();
    controller.want(
        fake.desired(
            DEVICE,
            2,
            Map.of("double", second),
            Optional.empty(),
            new FetchTerms(OptionalLong.empty(), addresses)));
    awaitCommitted("v2");
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
