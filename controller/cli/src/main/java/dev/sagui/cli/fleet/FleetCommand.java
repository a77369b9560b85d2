/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import picocli.CommandLine.Command;

/** {@code sagui fleet}: what a running controller knows, and what one tells it to do. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "A running controller, by its REST API.",
    subcommands = {
      LoginCommand.class,
      DevicesCommand.class,
      ModelsCommand.class,
      ReleasesCommand.class,
      ImportCommand.class,
      FitCommand.class,
      FleetCompressCommand.class,
      DataCommand.class,
      FleetTraining.Train.class,
      FleetTraining.Distill.class,
      FleetTraining.Transfer.class,
      ReleaseCommand.class,
      DeployCommand.class,
      RolloutsCommand.class,
      AcceptKeyCommand.class,
      TrustBenchesCommand.class,
      WatchCommand.class,
    },
    footer = {"", "Example:", "  sagui fleet devices --url http://127.0.0.1:8080"})
public final class FleetCommand {}
