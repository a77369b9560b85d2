/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
import java.util.concurrent.CountDownLatch;
import org.eclipse.paho.mqttv5.client.IMqttMessageListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

/**
 * A Paho client alone: receives messages and throws them away. The class path says whose client it
 * is, Paho's own or the one that an agent carries.
 *
 * <p>{@code java -cp JAR PahoDrain.java MQTT_URL BYTES} prints {@code
 * {"seconds":…,"cpu_seconds":…}}.
 */
public final class PahoDrain {
  private static long received;

  private PahoDrain() {}

  public static void main(String[] args) throws Exception {
    long bytes = Long.parseLong(args[1]);
    CountDownLatch done = new CountDownLatch(1);
    MqttAsyncClient client = new MqttAsyncClient(args[0], "drain", new MemoryPersistence());
    client.connect(new MqttConnectionOptions()).waitForCompletion(10_000);
    IMqttMessageListener listener =
        (topic, message) -> {
          received += message.getPayload().length;
          if (received >= bytes) {
            done.countDown();
          }
        };
    long cpu = cpuNanos();
    long from = System.nanoTime();
    client.subscribe(
        new MqttSubscription[] {new MqttSubscription("chunks", 0)},
        null,
        null,
        new IMqttMessageListener[] {listener},
        null);
    done.await();
    double seconds = (System.nanoTime() - from) / 1e9;
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    System.out.println("{\"seconds\":" + seconds + ",\"cpu_seconds\":" + cpuSeconds + "}");
    System.exit(0); // Paho's threads would go on
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }
}
