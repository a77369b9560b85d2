/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** An ECDSA P-256 public key that a device trusts, named by the SHA-256 of its DER form. */
public record TrustedKey(String id, PublicKey key) {
  static TrustedKey of(PublicKey key) {
    return new TrustedKey(Digest.of(key.getEncoded()).hex(), key);
  }

  /** First twelve characters of its id, for people. */
  public String abbreviated() {
    return id.substring(0, 12);
  }

  /** As it travels: base64 of its DER form. */
  public String base64() {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  /**
   * Reads what {@link #base64()} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static TrustedKey parseBase64(String text) {
    try {
      return parsePem(text);
    } catch (RejectedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads a PEM "PUBLIC KEY".
   *
   * @throws RejectedException BAD_CONFIG when it is no P-256 key
   */
  public static TrustedKey parsePem(String pem) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
      PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
      if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == 256) {
        return of(key);
      }
      throw new RejectedException(FailureCode.BAD_CONFIG, "trusted key: expected curve P-256");
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG, "trusted key: expected a PEM 'PUBLIC KEY' of ECDSA P-256", e);
    }
  }

  public String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  boolean verifies(byte[] message, byte[] signature) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initVerify(key);
      ecdsa.update(message);
      return ecdsa.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a signature that cannot even be decoded verifies nothing
    }
  }
}
