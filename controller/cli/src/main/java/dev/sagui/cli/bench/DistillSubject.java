/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

/**
 * A teacher of the demo's.
 *
 * @param learnt samples that students learn on
 * @param judged samples that no step sees
 */
record DistillSubject(String what, String model, String learnt, String judged) {}
