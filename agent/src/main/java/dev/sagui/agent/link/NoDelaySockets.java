/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.agent.config.KeystoreFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.SocketFactory;
import org.eclipse.paho.mqttv5.common.MqttException;

/** Sockets without Nagle's delay: with it a message takes 46 ms. */
final class NoDelaySockets extends SocketFactory {
  /**
   * Those that a broker is reached by: with TLS if its address says so.
   *
   * @param keystore what to show over TLS
   * @throws MqttException a key store cannot be read now
   */
  static SocketFactory to(URI broker, Optional<KeystoreFile> keystore) throws MqttException {
    boolean plain = broker.getScheme().matches("tcp|ws");
    try {
      return plain ? new NoDelaySockets() : new TlsSockets(keystore);
    } catch (GeneralSecurityException | IOException e) {
      throw new MqttException(e);
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    return noDelay(new Socket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return noDelay(new Socket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return noDelay(new Socket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return noDelay(new Socket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return noDelay(new Socket(host, port, local, localPort));
  }

  static Socket noDelay(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    return socket;
  }
}
