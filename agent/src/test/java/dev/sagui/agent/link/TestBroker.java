/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import java.net.URI;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** A real Artemis in this process, set up as the controller's; keeps nothing on disk. */
public final class TestBroker implements AutoCloseable {
  private final EmbeddedActiveMQ artemis = new EmbeddedActiveMQ();
  private final int port;

  /**
   * @param port 0 takes a free one
   */
  public TestBroker(Path folder, int port) throws Exception {
    this(folder, port, false, "");
  }

  /** One that keeps what it is told to, in {@code folder}. */
  public static TestBroker withState(Path folder, int port) throws Exception {
    return new TestBroker(folder, port, true, "");
  }

  /** One that takes no larger packets. */
  public static TestBroker withPackets(Path folder, int mostBytes) throws Exception {
    return new TestBroker(folder, 0, false, ";maximumPacketSize=" + mostBytes);
  }

  /** One that speaks TLS alone, as a key store (PKCS12) says. */
  public static TestBroker withTls(Path folder, int port, Path keys, String password)
      throws Exception {
    String tls = ";sslEnabled=true;keyStorePath=%s;keyStorePassword=%s;keyStoreType=PKCS12";
    return new TestBroker(folder, port, false, tls.formatted(keys, password));
  }

  /** Likewise, for those alone whose certificate is of an authority in {@code trust}. */
  public static TestBroker withMutualTls(
      Path folder, int port, Path keys, Path trust, String password) throws Exception {
    String tls =
        ";sslEnabled=true;keyStorePath=%s;keyStorePassword=%s;keyStoreType=PKCS12"
            + ";needClientAuth=true;trustStorePath=%s;trustStorePassword=%s;trustStoreType=PKCS12";
    return new TestBroker(folder, port, false, tls.formatted(keys, password, trust, password));
  }

  private TestBroker(Path folder, int port, boolean keeps, String more) throws Exception {
    artemis.setConfiguration(
        new ConfigurationImpl()
            .setName("test")
            .setPersistenceEnabled(keeps)
            .setJournalType(JournalType.NIO)
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
                "tcp://127.0.0.1:%d?protocols=MQTT;remotingThreads=2;tcpNoDelay=true;useEpoll=false;topicAliasMaximum=1000"
                        .formatted(port)
                    + more));
    if (!more.isEmpty()) {
      artemis
          .getConfiguration()
          .addAcceptorConfiguration("plain", "tcp://127.0.0.1:0?protocols=MQTT;useEpoll=false");
    }
    artemis.start();
    this.port = portOf("mqtt");
  }

  private int portOf(String acceptor) {
    return ((NettyAcceptor) artemis.getActiveMQServer().getRemotingService().getAcceptor(acceptor))
        .getActualPort();
  }

  /** For those who need no TLS, when the broker speaks it. */
  public URI plainUrl() {
    return URI.create("tcp://127.0.0.1:" + portOf("plain"));
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
