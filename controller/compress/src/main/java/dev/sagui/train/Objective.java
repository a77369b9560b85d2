/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What training makes small: a loss, computed data-parallel by replicas of one step graph, each on
 * a thread and on a share of the batch. The number of replicas is part of the result: sums are
 * rounded in their order.
 */
public final class Objective implements AutoCloseable {
  private final StepGraph graph;
  private final Batches batches;
  private final ByteBuffer values;
  private final float[] gradient;
  private final List<Replica> replicas;
  private final ExecutorService threads;

  private Objective(StepGraph graph, Batches batches, ByteBuffer values, List<Replica> replicas) {
    this.graph = graph;
    this.batches = batches;
    this.values = values;
    this.gradient = new float[graph.parameters().trainedSize()];
    this.replicas = replicas;
    this.threads = Executors.newFixedThreadPool(replicas.size(), Objective::thread);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "sagui-train");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * @param values of the parameters, changed in place by whoever trains them
   * @param frozen other inputs of the graph that keep their memory, parameters of another net for
   *     example
   * @param batches closed with the objective
   * @param shards replicas, each of which gets feeds of its own
   */
  public static Objective of(
      StepGraph graph, ByteBuffer values, List<Tensor> frozen, Batches batches, int shards)
      throws IOException {
    List<Tensor> shared = new ArrayList<>(frozen);
    shared.addAll(graph.parameters().views(values));
    List<Replica> replicas = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      replicas.add(Replica.of(graph, shared, graph.feeds().stream().map(Feed::allocate).toList()));
    }
    return new Objective(graph, batches, values, replicas);
  }

  public Parameters parameters() {
    return graph.parameters();
  }

  /** The parameters' values. */
  public ByteBuffer values() {
    return values;
  }

  FloatBuffer floats() {
    return values.order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** Of the last {@link #compute}. */
  float[] gradient() {
    return gradient;
  }

  /** Of the last {@link #compute}, by parameter; a copy. */
  public List<Tensor> gradients() {
    List<Tensor> gradients = new ArrayList<>();
    for (Parameter parameter : parameters().trained()) {
      int end = parameter.offset() + parameter.size();
      float[] slopes = Arrays.copyOfRange(gradient, parameter.offset(), end);
      long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
      gradients.add(Tensor.of(parameter.name(), slopes, shape));
    }
    return gradients;
  }

  /**
   * Computes loss and gradient on the samples of one step, and renews the state.
   *
   * @return the loss, under "loss", and its terms: means over the shards
   */
  public Map<String, Double> compute(long step) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 1; i < replicas.size(); i++) {
      int shard = i;
      running.add(threads.submit(() -> run(step, shard)));
    }
    run(step, 0);
    running.forEach(Objective::await);
    average(Replica::gradient, 0, gradient);
    if (!graph.names().renewed().isEmpty()) {
      int first = parameters().trainedSize();
      float[] state = new float[parameters().size() - first];
      average(Replica::renewed, first, state);
      floats().put(first, state);
    }
    return terms();
  }

  private void run(long step, int shard) {
    Replica replica = replicas.get(shard);
    batches.fill(step, shard, replica.feeds());
    replica.run();
  }

  private static void await(Future<?> running) {
    boolean interrupted = false;
    while (true) {
      try {
        running.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the replica must not outlive its memory
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException("a training step failed: " + e.getCause(), e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Part {
    FloatBuffer of(Replica replica);
  }

  private void average(Part part, int from, float[] into) {
    part.of(replicas.get(0)).get(from, into);
    if (replicas.size() == 1) {
      return;
    }
    float share = 1f / replicas.size();
    for (int i = 0; i < into.length; i++) {
      into[i] *= share;
    }
    float[] more = new float[into.length];
    for (Replica replica : replicas.subList(1, replicas.size())) {
      part.of(replica).get(from, more);
      for (int i = 0; i < into.length; i++) {
        into[i] += more[i] * share;
      }
    }
  }

  private Map<String, Double> terms() {
    Map<String, Double> sums = new LinkedHashMap<>();
    for (Replica replica : replicas) {
      replica.terms().forEach((name, value) -> sums.merge(name, value, Double::sum));
    }
    sums.replaceAll((name, sum) -> sum / replicas.size());
    return sums;
  }

  @Override
  public void close() {
    threads.shutdown();
    replicas.forEach(Replica::close);
    batches.close();
  }
}
