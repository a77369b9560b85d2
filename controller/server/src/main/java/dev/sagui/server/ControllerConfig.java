/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * The controller's configuration as written; {@link Settings} checks it, so that all mistakes are
 * reported at once.
 */
@ConfigMapping(prefix = "sagui")
public interface ControllerConfig {
  /** Folder of database, blobs and keys. */
  @WithDefault("${user.home}/.sagui/controller")
  String home();

  Http http();

  Mqtt mqtt();

  TopicLevels topics();

  /** Folder of device profiles; default: the known boards. */
  Optional<String> profiles();

  Store store();

  Worker worker();

  /** What is kept on disk. */
  interface Store {
    /** Bytes that all blobs together, and all data sets, may take; 0 is no limit. */
    @WithDefault("0")
    String quota();

    /** How long latency by the minute, and how far a process has reported, is kept. */
    @WithDefault("P7D")
    String retention();
  }

  /** Fits, compressions and trainings. */
  interface Worker {
    /** Do them for the controller of this home, and be none. */
    @WithDefault("false")
    String only();

    /** At a time; 0 leaves all to workers. */
    @WithDefault("1")
    String jobs();

    /** What is silent for four of them is taken by another process. */
    @WithDefault("PT5S")
    String heartbeat();
  }

  /** Page, REST API and metrics. */
  interface Http {
    @WithDefault("127.0.0.1")
    String host();

    /** 0 takes a free one. */
    @WithDefault("8080")
    String port();

    /** Bearer token that every request must carry. */
    Optional<String> token();
  }

  /** The broker. */
  interface Mqtt {
    @WithDefault("127.0.0.1")
    String host();

    /** 0 takes a free one. */
    @WithDefault("1883")
    String port();

    @WithDefault("true")
    String embedded();

    /** External broker. */
    Optional<String> url();

    Optional<String> username();

    Optional<String> password();

    /** TLS of the embedded broker, which without a key store speaks none. */
    Tls tls();

    /** Bytes a second that chunks to all devices together may take; 0 is no limit. */
    @WithDefault("0")
    String rate();
  }

  /** TLS of the embedded broker. */
  interface Tls {
    /** Its key and certificate. */
    KeyFile keystore();

    /** Authorities of the certificates that devices must show; without, none must. */
    KeyFile truststore();

    /** A PKCS #12 file. */
    interface KeyFile {
      Optional<String> file();

      Optional<String> password();
    }
  }

  /** First and third level of every topic. */
  interface TopicLevels {
    @WithDefault("sagui")
    String root();

    @WithDefault("default")
    String tenant();
  }
}
