/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.List;

/** An ECDSA P-256 key pair that signs manifests, desired states and bench jobs. */
public final class SigningKey {
  private final PrivateKey privateKey;
  private final TrustedKey trusted;

  public SigningKey(KeyPair pair) {
    this.privateKey = pair.getPrivate();
    this.trusted = TrustedKey.of(pair.getPublic());
  }

  /** A new key pair from the JDK's secure randomness. */
  public static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256; this is a bug", e);
    }
  }

  /** The half that devices get. */
  public TrustedKey trusted() {
    return trusted;
  }

  /** The signed manifest, at most {@link Manifest#MAX_BYTES}; its digest names the release. */
  public byte[] sign(Manifest manifest) {
    return sign(Manifest.PAYLOAD_TYPE, manifest.payload());
  }

  public byte[] sign(DesiredState desired) {
    return sign(DesiredState.PAYLOAD_TYPE, desired.payload());
  }

  public byte[] sign(BenchJob job) {
    return sign(BenchJob.PAYLOAD_TYPE, job.payload());
  }

  private byte[] sign(String type, byte[] payload) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initSign(privateKey);
      ecdsa.update(Envelope.preAuthenticationEncoding(type, payload));
      Envelope.Signed signed = new Envelope.Signed(trusted.id(), ecdsa.sign());
      return new Envelope(type, payload, List.of(signed)).json();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with our own key failed; this is a bug", e);
    }
  }
}
