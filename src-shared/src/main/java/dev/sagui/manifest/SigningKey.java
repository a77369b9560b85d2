/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * An ECDSA P-256 key pair that signs manifests, desired states, bench jobs and their answers,
 * attestations.
 */
public final class SigningKey {
  private static final String PUBLIC = "-----BEGIN PUBLIC KEY-----";

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

  /**
   * Reads what {@link #pem()} wrote.
   *
   * @throws RejectedException BAD_CONFIG when it is something else
   */
  public static SigningKey parsePem(String pem) {
    int at = pem.indexOf(PUBLIC);
    if (at < 0) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG, "signing key: expected a PEM with both halves");
    }
    TrustedKey half = TrustedKey.parsePem(pem.substring(at));
    try {
      byte[] der =
          Base64.getMimeDecoder().decode(pem.substring(0, at).replaceAll("-----[^-]+-----", ""));
      PrivateKey secret =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      return new SigningKey(new KeyPair(half.key(), secret));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG, "signing key: expected a PKCS#8 PEM of an EC key", e);
    }
  }

  /** Both halves, PKCS#8 and SPKI: for a file that only its owner reads. */
  public String pem() {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(privateKey.getEncoded())
        + "\n-----END PRIVATE KEY-----\n"
        + trusted.pem();
  }

  /** The half that others get. */
  public TrustedKey trusted() {
    return trusted;
  }

  /** The signed manifest, at most {@link Manifest#MAX_BYTES}; its digest names the release. */
  public byte[] sign(Manifest manifest) {
    return sign(Manifest.PAYLOAD_TYPE, manifest.payload());
  }

  /** Signed by the device; at most {@link Attestation#MAX_BYTES}. */
  public byte[] sign(Attestation attestation) {
    return sign(Manifest.PAYLOAD_TYPE, attestation.payload());
  }

  public byte[] sign(DesiredState desired) {
    return sign(DesiredState.PAYLOAD_TYPE, desired.payload());
  }

  public byte[] sign(BenchJob job) {
    return sign(BenchJob.PAYLOAD_TYPE, job.payload());
  }

  byte[] sign(String type, byte[] payload) {
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
