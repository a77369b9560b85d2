/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttMessageListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

/**
 * The peer of the pull: the stock Paho client asks a controller for the chunks of an artifact as an
 * agent does (16 in flight) and receives them. Without FILE it throws them away: no hash, no check,
 * no file. With FILE it writes them as they come, hashes them, compares the digest at the end and
 * forces the file.
 *
 * <p>{@code java -cp PAHO.jar StockPahoPull.java MQTT_URL DEVICE DIGEST BYTES [FILE]} prints {@code
 * {"seconds":…,"cpu_seconds":…}}.
 */
public final class StockPahoPull {
  private static final int CHUNK_BYTES = 120 * 1024;
  private static final int HEADER_BYTES = 38;
  private static final int WINDOW = 16;

  private final BlockingQueue<Integer> arrived = new ArrayBlockingQueue<>(4096);
  private final String topic;
  private final byte[] digest;
  private final BitSet missing = new BitSet();
  private final BitSet inFlight = new BitSet();
  /** Written before a chunk is handed on, read after the last one was taken. */
  private long received;

  private final MessageDigest sha = MessageDigest.getInstance("SHA-256");
  private final FileChannel file;
  private int next;

  private StockPahoPull(String device, byte[] digest, int chunks, FileChannel file)
      throws Exception {
    this.topic = "sagui/v1/default/" + device + "/chunk/";
    this.digest = digest;
    this.file = file;
    missing.set(0, chunks);
  }

  public static void main(String[] args) throws Exception {
    long bytes = Long.parseLong(args[3]);
    int chunks = (int) ((bytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
    FileChannel file = args.length > 4 ? FileChannel.open(Path.of(args[4]), CREATE, WRITE) : null;
    StockPahoPull pull = new StockPahoPull(args[1], HexFormat.of().parseHex(args[2]), chunks, file);
    MqttAsyncClient client = new MqttAsyncClient(args[0], args[1], new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(new NoDelay());
    client.connect(options).waitForCompletion(10_000);
    IMqttMessageListener listener = (topic, message) -> pull.accept(message.getPayload());
    client
        .subscribe(
            new MqttSubscription[] {new MqttSubscription(pull.topic + "res", 0)},
            null,
            null,
            new IMqttMessageListener[] {listener},
            null)
        .waitForCompletion(10_000);
    long cpu = cpuNanos();
    long from = System.nanoTime();
    pull.run(client);
    pull.end();
    double seconds = (System.nanoTime() - from) / 1e9;
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    if (pull.received != bytes) {
      System.err.println("received " + pull.received + " of " + bytes + " bytes");
      System.exit(1); // Paho's threads would go on
    }
    System.out.println("{\"seconds\":" + seconds + ",\"cpu_seconds\":" + cpuSeconds + "}");
    System.exit(0);
  }

  /** On Paho's thread. */
  private void accept(byte[] message) throws IOException {
    if (!Arrays.equals(message, 2, 34, digest, 0, 32) || message[1] != 0) {
      throw new IllegalStateException("not a chunk of the artifact");
    }
    int index = ByteBuffer.wrap(message).getInt(34);
    if (file != null) {
      keep(index, ByteBuffer.wrap(message, HEADER_BYTES, message.length - HEADER_BYTES));
    }
    received += message.length - HEADER_BYTES;
    arrived.add(index);
  }

  /** Chunks come in order: one connection, asked for from the lowest on. */
  private void keep(int index, ByteBuffer chunk) throws IOException {
    if (index != next++) {
      throw new IllegalStateException("chunk " + index + " came out of order");
    }
    sha.update(chunk.duplicate());
    while (chunk.hasRemaining()) {
      file.write(chunk);
    }
  }

  private void end() throws IOException {
    if (file != null) {
      if (!Arrays.equals(sha.digest(), digest)) {
        throw new IllegalStateException("the whole is another file");
      }
      file.force(true);
      file.close();
    }
  }

  private void run(MqttAsyncClient client) throws Exception {
    while (!missing.isEmpty()) {
      // A newer request replaces what is left of an older one, so the last ones are asked for alone.
      boolean last = missing.cardinality() <= WINDOW;
      if (inFlight.cardinality() <= (last ? 0 : WINDOW / 2)) {
        ask(client);
      }
      Integer chunk = arrived.poll(2, TimeUnit.SECONDS);
      if (chunk == null) {
        inFlight.clear();
        continue;
      }
      missing.clear(chunk);
      inFlight.clear(chunk);
    }
  }

  /** Asks for as many chunks as there is room for, none of which is on its way. */
  private void ask(MqttAsyncClient client) throws Exception {
    int room = WINDOW - inFlight.cardinality();
    BitSet wanted = (BitSet) missing.clone();
    wanted.andNot(inFlight);
    if (wanted.isEmpty()) {
      return;
    }
    byte[] bitmap = wanted.toByteArray();
    ByteBuffer request = ByteBuffer.allocate(34 + bitmap.length);
    request.put((byte) 1).put(digest).put((byte) room).put(bitmap);
    wanted.stream().limit(room).forEach(inFlight::set);
    client.publish(topic + "req", new MqttMessage(request.array(), 0, false, null));
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  /** Without it Paho waits for acknowledgements of the kernel, which is no fair peer. */
  private static final class NoDelay extends javax.net.SocketFactory {
    @Override
    public java.net.Socket createSocket() throws java.io.IOException {
      java.net.Socket socket = new java.net.Socket();
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public java.net.Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public java.net.Socket createSocket(
        String host, int port, java.net.InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public java.net.Socket createSocket(java.net.InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public java.net.Socket createSocket(
        java.net.InetAddress host, int port, java.net.InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
