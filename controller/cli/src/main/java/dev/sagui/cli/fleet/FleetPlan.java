/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.recipe.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many devices a fit's choices are for, and what would travel to them. */
public final class FleetPlan {
  private final SortedMap<String, Integer> devices;

  private FleetPlan(SortedMap<String, Integer> devices) {
    this.devices = devices;
  }

  /**
   * Of all devices that the controller knows.
   *
   * @throws RejectedException NOT_FOUND when it knows none
   */
  public static FleetPlan of(ControllerClient client) {
    SortedMap<String, Integer> devices = new TreeMap<>();
    for (Fields device : client.items("/api/v1/devices?limit=500")) {
      device.findString("profile").ifPresent(name -> devices.merge(name, 1, Integer::sum));
    }
    if (devices.isEmpty()) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "no device has shown itself to this controller; start an agent, or name a --profile");
    }
    return new FleetPlan(devices);
  }

  /** Of those devices. */
  public List<String> profiles() {
    return List.copyOf(devices.keySet());
  }

  /** Choices of a fit with their devices, their variants' bytes, and the bytes to all of them. */
  public List<Fields> planned(ControllerFit fit, ControllerClient client) {
    Fields model = client.get(ControllerFit.address(fit.model()));
    return fit.choices().stream().map(choice -> planned(choice, model)).toList();
  }

  private Fields planned(Fields choice, Fields model) {
    Map<String, Object> map = new LinkedHashMap<>();
    choice.values().forEach((key, value) -> map.put(key.toString(), value));
    int count = devices.getOrDefault(choice.string("profile"), 0);
    long bytes = choice.findString("variant").map(name -> bytes(model, name)).orElse(0L);
    map.put("devices", count);
    map.put("bytes", bytes);
    map.put("bytes_to_send", count * bytes);
    return Fields.parse(Json.write(map));
  }

  private static long bytes(Fields model, String variant) {
    return model.objects("variants", each -> each).stream()
        .filter(each -> each.string("name").equals(variant))
        .mapToLong(each -> each.integer("bytes"))
        .findFirst()
        .orElse(0);
  }

  /** What a release to all would mean; chunks are entropy-coded where that is shorter. */
  public static String told(List<Fields> planned) {
    long served = 0;
    long left = 0;
    long bytes = 0;
    for (Fields choice : planned) {
      served += choice.has("variant") ? choice.integer("devices") : 0;
      left += choice.has("variant") ? 0 : choice.integer("devices");
      bytes += choice.integer("bytes_to_send");
    }
    return String.format(
        Locale.ROOT,
        "%d devices get a variant, %s to send at most%s",
        served,
        Quantity.size(bytes),
        left == 0 ? "" : "; nothing fits " + left);
  }
}
