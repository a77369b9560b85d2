/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import java.net.URI;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** A real Artemis in this process, set up as the controller's; keeps nothing on disk. */
public final class TestBroker implements AutoCloseable {
  private final EmbeddedActiveMQ artemis = new EmbeddedActiveMQ();
  private final int port;

  /**
   * @param port 0 takes a free one
   */
  public TestBroker(Path folder, int port) throws Exception {
    artemis.setConfiguration(
        new ConfigurationImpl()
            .setName("test")
            .setPersistenceEnabled(false)
            .setSecurityEnabled(false)
            .setJMXManagementEnabled(false)
            .setMaxDiskUsage(-1)
            .setGlobalMaxSize(96L << 20)
            .setThreadPoolMaxSize(6)
            .setScheduledThreadPoolMaxSize(2)
            .setGracefulShutdownEnabled(false)
            .setBindingsDirectory(folder.resolve("bindings").toString())
            .setJournalDirectory(folder.resolve("journal").toString())
            .setPagingDirectory(folder.resolve("paging").toString())
            .setLargeMessagesDirectory(folder.resolve("large").toString())
            .addAcceptorConfiguration(
                "mqtt",
                "tcp://127.0.0.1:%d?protocols=MQTT;remotingThreads=2;tcpNoDelay=true;useEpoll=false"
                    .formatted(port)));
    artemis.start();
    this.port =
        ((NettyAcceptor) artemis.getActiveMQServer().getRemotingService().getAcceptor("mqtt"))
            .getActualPort();
  }

  public int port() {
    return port;
  }

  public URI url() {
    return URI.create("tcp://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    try {
      artemis.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not stop", e);
    }
  }
}
