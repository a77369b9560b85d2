/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.server.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;
import org.jboss.logging.Logger;

/**
 * An Artemis MQTT 5 broker in this process. It keeps nothing on disk and drops what does not fit:
 * desired states are published again at start, chunks are pulled, reports are acknowledged.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EmbeddedBroker.class);
  private static final String ACCEPTOR = "mqtt";

  /** Topics that a client may name by number; Paho 1.2.5 reads more than 32,767 as none. */
  private static final int ALIASES = 1_000;

  private static final long ADDRESS_BYTES = 16L << 20;
  private static final long ALL_BYTES = 96L << 20;

  private final EmbeddedActiveMQ artemis;
  private final URI url;

  private EmbeddedBroker(EmbeddedActiveMQ artemis, URI url) {
    this.artemis = artemis;
    this.url = url;
  }

  /**
   * @param tls without, it speaks none
   * @param folder for what Artemis insists on having a place for
   * @throws RejectedException PORT_IN_USE when it cannot listen
   */
  public static EmbeddedBroker start(
      String host, int port, Optional<Settings.Login> login, Optional<BrokerTls> tls, Path folder) {
    EmbeddedActiveMQ artemis = new EmbeddedActiveMQ();
    try {
      Map<String, Object> acceptor = new HashMap<>(acceptor(host, port));
      if (tls.isPresent()) {
        acceptor.putAll(tls.get().acceptor(folder));
      }
      artemis.setConfiguration(configuration(acceptor, login.isPresent(), folder));
      login.ifPresent(known -> artemis.setSecurityManager(new OneLogin(known)));
      artemis.start();
      return new EmbeddedBroker(
          artemis,
          URI.create(
              "%s://%s:%d".formatted(tls.isPresent() ? "ssl" : "tcp", host, actualPort(artemis))));
    } catch (Exception e) {
      throw new RejectedException(
          FailureCode.PORT_IN_USE,
          "cannot run the broker on %s:%d: %s; choose another sagui.mqtt.port, or 0"
              .formatted(host, port, e.getMessage()),
          e);
    }
  }

  private static Map<String, Object> acceptor(String host, int port) {
    return Map.of(
        "host",
        host,
        "port",
        port,
        "protocols",
        "MQTT",
        "topicAliasMaximum",
        ALIASES,
        "remotingThreads",
        2,
        "tcpNoDelay",
        true,
        "useEpoll",
        false,
        "useKQueue",
        false);
  }

  private static Configuration configuration(
      Map<String, Object> acceptor, boolean secured, Path folder) {
    AddressSettings all =
        new AddressSettings()
            .setMaxSizeBytes(ADDRESS_BYTES)
            .setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP)
            .setAutoCreateAddresses(true)
            .setAutoDeleteAddresses(true)
            .setAutoCreateQueues(true)
            .setAutoDeleteQueues(true);
    return new ConfigurationImpl()
        .setName("sagui")
        .setPersistenceEnabled(false)
        .setSecurityEnabled(secured)
        .setJMXManagementEnabled(false)
        .setMessageCounterEnabled(false)
        .setMaxDiskUsage(-1)
        .setGlobalMaxSize(ALL_BYTES)
        .setThreadPoolMaxSize(6)
        .setScheduledThreadPoolMaxSize(2)
        .setGracefulShutdownEnabled(false)
        .setBindingsDirectory(folder.resolve("bindings").toString())
        .setJournalDirectory(folder.resolve("journal").toString())
        .setPagingDirectory(folder.resolve("paging").toString())
        .setLargeMessagesDirectory(folder.resolve("large").toString())
        .addAddressSetting("#", all)
        .addAcceptorConfiguration(
            new TransportConfiguration(NettyAcceptorFactory.class.getName(), acceptor, ACCEPTOR));
  }

  private static int actualPort(EmbeddedActiveMQ artemis) {
    ActiveMQServer server = artemis.getActiveMQServer();
    if (server.getRemotingService().getAcceptor(ACCEPTOR) instanceof NettyAcceptor netty) {
      return netty.getActualPort();
    }
    throw new IllegalStateException("the broker has no acceptor; this is a bug");
  }

  /** Where clients connect to. */
  public URI url() {
    return url;
  }

  @Override
  public void close() {
    try {
      artemis.stop();
    } catch (Exception e) {
      LOG.warnf("the broker did not stop cleanly: %s", e.getMessage());
    }
  }

  /** Lets in whoever knows the one user name and password. */
  private record OneLogin(Settings.Login known) implements ActiveMQSecurityManager {
    @Override
    public boolean validateUser(String user, String password) {
      return known.username().equals(user) && known.password().equals(password);
    }

    @Override
    public boolean validateUserAndRole(
        String user, String password, Set<Role> roles, CheckType checkType) {
      return validateUser(user, password);
    }
  }
}
