/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The agent's configuration; {@code deploy/docs/configuration.md} lists the same keys. */
@ConfigMapping(prefix = "sagui")
public interface AgentConfig {
  /** Folder of all that the agent keeps: models, journal, the unpacked native library. */
  @WithDefault("${user.home}/.sagui/agent")
  Path home();

  /** Id of this device, unique in the fleet; the host's name if absent. */
  Optional<String> device();

  /** Name of the device's profile; {@code auto} chooses it by the machine. */
  @WithDefault("auto")
  String profile();

  /** Folder of device profiles, one JSON file each; the known boards if absent. */
  Optional<Path> profiles();

  /** {@code key=value,key=value}, to address devices by. */
  Optional<String> labels();

  Mqtt mqtt();

  Topics topics();

  /** PEM file of the key that manifests and desired states must be signed with. */
  Optional<Path> trust();

  Serve serve();

  /** Threads of one inference; the profile's, at most this machine's cores, if absent. */
  Optional<Integer> threads();

  Report report();

  Fetch fetch();

  Neighbours neighbours();

  Update update();

  Store store();

  Bench bench();

  /** The broker. */
  interface Mqtt {
    @WithDefault("tcp://127.0.0.1:1883")
    URI url();

    Optional<String> username();

    Optional<String> password();

    Keystore keystore();

    /** What this device shows a broker that asks for a certificate. */
    interface Keystore {
      /** PKCS #12 file with key and certificate, read at each connect; none if absent. */
      Optional<Path> file();

      Optional<String> password();
    }
  }

  /** First and third level of every topic. */
  interface Topics {
    @WithDefault("sagui")
    String root();

    @WithDefault("default")
    String tenant();
  }

  /** Where models are served. */
  interface Serve {
    @WithDefault("127.0.0.1")
    String host();

    /** 0 takes a free one. */
    @WithDefault("8100")
    int port();
  }

  /** Reports to the controller. */
  interface Report {
    /** How often latency is reported. */
    @WithDefault("PT60S")
    Duration interval();
  }

  /** Pulls from the controller. */
  interface Fetch {
    /** Bytes a second that a pull may take; 0 is no limit. */
    @WithDefault("0")
    long rate();

    /** Address of artifacts on a web server, {@code {digest}} for their digests; none if absent. */
    Optional<String> http();

    /** Bearer token that the web server asks for. */
    Optional<String> token();

    /**
     * Web servers that a desired state may name, {@code
     * https://*.example.com,http://192.168.1.7:8100}; none if absent.
     */
    Optional<String> allow();
  }

  /** Other devices of the same network. */
  interface Neighbours {
    /** Whether they may take what this device has from its HTTP server. */
    @WithDefault("false")
    boolean serve();

    /** Bytes a second that they may take, all together; 0 is no limit. */
    @WithDefault("0")
    long rate();
  }

  /** Artifacts on the disk. */
  interface Store {
    /** Bytes that all of them may take; 0 is no limit beyond the disk. */
    @WithDefault("0")
    long quota();
  }

  /** How new releases are taken up. */
  interface Update {
    /** How long a new release serves, watched, before it is committed. */
    @WithDefault("PT30S")
    Duration soak();

    /** Hours of the day in which updates may begin, {@code 22:00-06:00}; always if absent. */
    Optional<String> window();
  }

  /** Measuring models for the controller while this device is idle. */
  interface Bench {
    @WithDefault("false")
    boolean enabled();

    /** Without a request for so long before a bench begins; the next request ends it. */
    @WithDefault("PT10S")
    Duration idle();

    /** Hours of the day in which benches may begin, {@code 22:00-06:00}; always if absent. */
    Optional<String> window();

    /**
     * Degrees of the hottest sensor above which none begins, or ten below where the profile's board
     * is held back, if that is less.
     */
    @WithDefault("70")
    double celsius();

    /** Flash that the models of one bench may take, for as long as it lasts. */
    @WithDefault("268435456")
    long bytes();

    /** How long the runs of one bench may take. */
    @WithDefault("PT30S")
    Duration time();
  }
}
