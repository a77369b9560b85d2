/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.device.DeviceId;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Topics;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttConnAck;
import org.eclipse.paho.mqttv5.common.packet.MqttPingResp;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.eclipse.paho.mqttv5.common.packet.MqttSubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttSubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;

/**
 * What a rehearsed agent takes for a broker: one connection of one device on the loopback
 * interface, to which it sends what a controller would answer. Nothing else of MQTT is there.
 */
public final class RehearsalBroker implements AutoCloseable {
  private static final int VARIABLE_BYTES = 4;

  private final ServerSocket server;
  private final Topics topics;
  private final DeviceId device;
  private final Controller controller;

  /** Who answers. */
  public interface Controller {
    /** What is said to a device that has just subscribed. */
    List<Said> greeting();

    /** What {@code payload} on {@code channel} is answered with. */
    List<Said> answer(Channel channel, byte[] payload);
  }

  /** A message to the device. */
  public record Said(Channel channel, byte[] payload) {}

  public RehearsalBroker(Topics topics, DeviceId device, Controller controller) throws IOException {
    this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    this.topics = topics;
    this.device = device;
    this.controller = controller;
    Thread thread = new Thread(this::serve, "rehearsal-broker");
    thread.setDaemon(true);
    thread.start();
  }

  public URI url() {
    return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
  }

  private void serve() {
    try (Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        for (MqttWireMessage packet : answers(read(in))) {
          out.write(packet.serialize());
        }
      }
    } catch (IOException | MqttException e) {
      // the agent is gone, or this is closed
    }
  }

  private static MqttWireMessage read(DataInputStream in) throws IOException, MqttException {
    ByteBuffer head = ByteBuffer.allocate(1 + VARIABLE_BYTES).put(in.readByte());
    int length = 0;
    for (int i = 0; i < VARIABLE_BYTES; i++) { // MQTT 5, 1.5.5: seven bits a byte, lowest first
      byte seven = in.readByte();
      head.put(seven);
      length |= (seven & 0x7F) << (7 * i);
      if (seven >= 0) {
        break;
      }
    }
    byte[] packet = Arrays.copyOf(head.array(), head.position() + length);
    if (in.readNBytes(packet, head.position(), length) < length) {
      throw new EOFException("the agent ended its connection within a packet");
    }
    return MqttWireMessage.createWireMessage(packet);
  }

  private List<MqttWireMessage> answers(MqttWireMessage packet) throws MqttException {
    return switch (packet.getType()) {
      case MqttWireMessage.MESSAGE_TYPE_CONNECT -> List.of(accepted());
      case MqttWireMessage.MESSAGE_TYPE_SUBSCRIBE -> subscribed((MqttSubscribe) packet);
      case MqttWireMessage.MESSAGE_TYPE_PUBLISH -> published((MqttPublish) packet);
      case MqttWireMessage.MESSAGE_TYPE_PINGREQ -> List.of(new MqttPingResp());
      default -> List.of();
    };
  }

  private static MqttWireMessage accepted() throws MqttException {
    return new MqttConnAck(false, MqttReturnCode.RETURN_CODE_SUCCESS, new MqttProperties());
  }

  private List<MqttWireMessage> subscribed(MqttSubscribe packet) throws MqttException {
    int[] granted = new int[packet.getSubscriptions().length];
    MqttSubAck ack = new MqttSubAck(granted, new MqttProperties());
    ack.setMessageId(packet.getMessageId());
    return with(ack, controller.greeting());
  }

  private List<MqttWireMessage> published(MqttPublish packet) throws MqttException {
    List<Said> answer =
        topics
            .find(packet.getTopicName())
            .map(to -> controller.answer(to.channel(), packet.getPayload()))
            .orElse(List.of());
    if (packet.getQoS() == 0) {
      return answer.stream().map(this::publish).toList();
    }
    int success = MqttReturnCode.RETURN_CODE_SUCCESS;
    return with(new MqttPubAck(success, packet.getMessageId(), new MqttProperties()), answer);
  }

  private List<MqttWireMessage> with(MqttWireMessage ack, List<Said> said) {
    return Stream.concat(Stream.of(ack), said.stream().map(this::publish)).toList();
  }

  private MqttWireMessage publish(Said said) {
    MqttMessage message = new MqttMessage(said.payload);
    message.setQos(0);
    return new MqttPublish(topics.of(device, said.channel), message, new MqttProperties());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
