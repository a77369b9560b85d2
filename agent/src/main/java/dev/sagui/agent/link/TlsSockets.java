/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.agent.config.KeystoreFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS sockets without Nagle's delay, for one connection: it trusts what the JVM's trust store holds
 * when it is made and shows what the device's key store holds then, so that certificates can be
 * replaced while the agent runs.
 */
final class TlsSockets extends SSLSocketFactory {
  private final SSLSocketFactory sockets;

  /**
   * @param keystore what to show if the other side asks; read now
   */
  TlsSockets(Optional<KeystoreFile> keystore) throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keystore.isPresent() ? keys(keystore.get()) : null, null, null);
    this.sockets = context.getSocketFactory();
  }

  private static KeyManager[] keys(KeystoreFile keystore)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(keystore.open(), keystore.password().toCharArray());
    return keys.getKeyManagers();
  }

  @Override
  public Socket createSocket() throws IOException {
    return NoDelaySockets.noDelay(sockets.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return NoDelaySockets.noDelay(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return NoDelaySockets.noDelay(sockets.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return NoDelaySockets.noDelay(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return NoDelaySockets.noDelay(sockets.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(Socket under, String host, int port, boolean autoClose)
      throws IOException {
    return NoDelaySockets.noDelay(sockets.createSocket(under, host, port, autoClose));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }
}
