/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The same work on each of many tensors, on two threads where there are two cores. More would wait
 * for the disk, and each holds blocks of its own.
 */
public final class Parallel<T> {
  /** Work on one item; items are independent of each other. */
  @FunctionalInterface
  public interface Task<T> {
    void accept(T item) throws IOException;
  }

  /** What becomes of one item. */
  @FunctionalInterface
  public interface Mapping<T, R> {
    R apply(T item) throws IOException;
  }

  private static final int MAX_THREADS = 2;

  private final List<T> items;
  private final Task<? super T> task;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private Parallel(List<T> items, Task<? super T> task) {
    this.items = items;
    this.task = task;
  }

  /**
   * Returns when all items are done; after a failure, when those that were begun are.
   *
   * @throws IOException the first that a task threw; unchecked ones are thrown alike
   */
  public static <T> void forEach(List<T> items, Task<? super T> task) throws IOException {
    new Parallel<>(List.copyOf(items), task).run();
  }

  /** The results in the order of the items; fails as {@link #forEach}. */
  public static <T, R> List<R> map(List<T> items, Mapping<? super T, ? extends R> mapping)
      throws IOException {
    List<@Nullable R> results = new ArrayList<>(Collections.nCopies(items.size(), null));
    List<Integer> indices = java.util.stream.IntStream.range(0, items.size()).boxed().toList();
    forEach(indices, i -> results.set(i, mapping.apply(items.get(i))));
    List<R> all = new ArrayList<>();
    for (R each : results) {
      all.add(java.util.Objects.requireNonNull(each));
    }
    return all;
  }

  private void run() throws IOException {
    List<Thread> helpers = new ArrayList<>();
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    for (int i = 1; i < Math.min(threads, items.size()); i++) {
      Thread helper = new Thread(this::work, "sagui-parallel");
      helper.setDaemon(true);
      helper.start();
      helpers.add(helper);
    }
    work();
    helpers.forEach(Parallel::await);
    rethrow(failure.get());
  }

  private void work() {
    try {
      for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
        if (failure.get() != null) {
          return;
        }
        task.accept(items.get(i));
      }
    } catch (IOException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Keeps the interrupt for the caller: a helper must not outlive the files it writes. */
  private static void await(Thread helper) {
    boolean interrupted = false;
    while (true) {
      try {
        helper.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
