/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import java.util.Map;

/**
 * What takes minutes: a fit, a compression or a training. It runs until it is done or failed.
 *
 * @param <T> the kind itself
 */
public interface Run<T extends Run<T>> {
  String id();

  /** Name of the model that it is about. */
  String model();

  /** Which of its kind it is, for people; empty when the model says enough. */
  String label();

  Fit.State state();

  /** 0 to 1. */
  double progress();

  /** The step in a few words. */
  String doing();

  T at(String what, double part);

  T failed(Fit.Problem why);

  /** As the REST API shows it, and as it is stored. */
  Map<String, Object> json();
}
