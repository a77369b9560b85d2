/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The configuration as the rest of the agent sees it: parsed and checked.
 *
 * @param profileReason why it is that one
 * @param threads of one inference
 * @param fetchBytesPerSecond 0 is no limit
 * @param web servers that are asked before the controller
 * @param sharedBytesPerSecond as fast as other devices may take what this one has, 0 is no limit;
 *     empty when they may not
 * @param soak how long a new release serves before it is committed
 * @param window in which updates may begin
 * @param quotaBytes of all artifacts; 0 is no limit beyond the disk
 * @param bench whether and when models are measured for the controller
 */
public record Settings(
    Path home,
    DeviceId device,
    DeviceProfile profile,
    String profileReason,
    Map<String, String> labels,
    URI mqttUrl,
    Optional<String> mqttUsername,
    Optional<String> mqttPassword,
    Optional<KeystoreFile> mqttKeystore,
    Topics topics,
    TrustedKey trust,
    String serveHost,
    int servePort,
    int threads,
    Duration reportInterval,
    long fetchBytesPerSecond,
    WebSettings web,
    OptionalLong sharedBytesPerSecond,
    Duration soak,
    MaintenanceWindow window,
    long quotaBytes,
    BenchSettings bench) {}
