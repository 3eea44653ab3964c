package io.github.erv.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.error.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  private static byte[] file(String header, int dataBytes) {
    byte[] text = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  private static byte[] valid() {
    return Safetensors.builder()
        .tensor("a.weight", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
        .tensor("b", new float[] {-0f, Float.MIN_VALUE}, 2)
        .tensor("empty", new float[0], 0, 4)
        .tensor("scalar", new float[] {7})
        .metadata("who \"quoted\"", "wért\n")
        .build()
        .toBytes();
  }

  @Test
  void parse_written_isTheSame() {
    Safetensors read = Safetensors.parse(valid(), "test");
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, read.require("a.weight", 2, 3));
    assertArrayEquals(new float[] {-0f, Float.MIN_VALUE}, read.require("b", 2));
    assertArrayEquals(new float[] {7}, read.require("scalar"));
    assertEquals("wért\n", read.metadata().get("who \"quoted\""));
    assertArrayEquals(valid(), read.toBytes());
    assertEquals(0, ByteBuffer.wrap(valid()).order(ByteOrder.LITTLE_ENDIAN).getLong(0) % 8);
    String message =
        assertThrows(ModelException.class, () -> read.require("a.weight", 3, 2)).getMessage();
    assertTrue(message.contains("[3, 2]") && message.contains("[2, 3]"), message);
  }

  /** Bit patterns from IEEE 754's tables. */
  @ParameterizedTest
  @CsvSource({
    "F16,3c00,1", "F16,c000,-2", "F16,7bff,65504", "F16,0001,5.9604645E-8", "F16,7c00,Infinity",
    "F16,8000,-0", "F16,3555,0.33325195", "BF16,3f80,1", "BF16,c2f7,-123.5", "BF16,7f80,Infinity"
  })
  void parse_half_becomesFloat(String type, String bits, float value) {
    byte[] bytes =
        file("{\"x\":{\"dtype\":\"" + type + "\",\"shape\":[1],\"data_offsets\":[0,2]}}", 2);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(bytes.length - 2, (short) Integer.parseInt(bits, 16));
    assertEquals(value, Safetensors.parse(bytes, "test").require("x", 1)[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}|4|needs 8 bytes",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|0|its data are 0",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|8|its data are 8",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|starts at 4",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}|4|offsets",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}|4|offsets",
        "{'x':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}|4|impossible",
        "{'x':{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,4]}}|4|impossible",
        "{'x':{'dtype':'F32','shape':[4294967297],'data_offsets':[0,4]}}|4|impossible",
        "{'x':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}|8|F32",
        "{'x':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}|4|JSON",
        "{'x':{'dtype':'F32','shape':[1]}}|4|lacks",
        "{'x':5}|0|JSON",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'y':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|4|starts at 0",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|twice",
        "{'__metadata__':{'k':5}}|0|not text",
        "{} {}|0|JSON",
        "[]|0|JSON",
        "{|0|claims"
      })
  void parse_lyingHeader_saysHow(String header, int data, String why) {
    byte[] bytes = file(header.replace('\'', '"'), data);
    String message =
        assertThrows(ModelException.class, () -> Safetensors.parse(bytes, "here")).getMessage();
    assertTrue(message.contains(why) && message.contains("here"), message);
  }

  @Test
  void parse_truncatedAnywhere_isRefused() {
    byte[] bytes = valid();
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThrows(ModelException.class, () -> Safetensors.parse(part, "part"));
    }
  }

  /** Damage either leaves a file of the right form or is refused; nothing else is ever thrown. */
  @Property(tries = 2000)
  void parse_damaged_isReadOrRefused(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int n) {
    byte[] bytes = valid();
    Random random = new Random(seed);
    for (int i = 0; i < n; i++) {
      int at = random.nextInt(random.nextBoolean() ? bytes.length : 12);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) "[]{},:\"09-e".charAt(random.nextInt(11));
    }
    try {
      Safetensors read = Safetensors.parse(bytes, "damaged");
      for (String name : read.names()) {
        read.require(name, read.shape(name));
      }
    } catch (ModelException e) {
      assertTrue(e.getMessage().contains("damaged"));
    }
  }
}
