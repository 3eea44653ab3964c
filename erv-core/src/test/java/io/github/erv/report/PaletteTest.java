package io.github.erv.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds that the colours of emotions can be told apart, also by people who see colours differently.
 * Simulated in linear RGB by the matrices of Machado, Oliveira and Fernandes (2009) at severity 1.
 */
class PaletteTest {
  private static final Pattern COLOUR = Pattern.compile("--e-([a-z]+): #(\\p{XDigit}{6});");

  /**
   * CIE76 in Lab. 2.3 is the least that is noticed side by side; areas apart need several times.
   */
  private static final double LEAST_DIFFERENCE = 12;

  private static final Map<String, double[]> VISION =
      Map.of(
          "normal",
          new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
          "protanopia",
          new double[] {
            0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116,
            1.051998
          },
          "deuteranopia",
          new double[] {
            0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940,
            0.968881
          },
          "tritanopia",
          new double[] {
            1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367,
            0.303900
          });

  @ParameterizedTest
  @CsvSource({
    "light, normal", "light, protanopia", "light, deuteranopia", "light, tritanopia",
    "dark, normal", "dark, protanopia", "dark, deuteranopia", "dark, tritanopia"
  })
  void colours_differ(String theme, String vision) throws IOException {
    Map<String, Integer> palette = palette(theme);
    assertEquals(10, palette.size(), "emotions with a colour");
    List<String> names = new ArrayList<>(palette.keySet());
    double[] matrix = VISION.get(vision);
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        double[] a = lab(palette.get(names.get(i)), matrix);
        double[] b = lab(palette.get(names.get(j)), matrix);
        double difference =
            Math.sqrt(square(a[0] - b[0]) + square(a[1] - b[1]) + square(a[2] - b[2]));
        assertTrue(
            difference >= LEAST_DIFFERENCE,
            names.get(i) + " and " + names.get(j) + " differ by " + difference);
      }
    }
  }

  private static Map<String, Integer> palette(String theme) throws IOException {
    String css;
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      css = new String(in.readAllBytes(), UTF_8);
    }
    int dark = css.indexOf("[data-theme=\"dark\"]");
    Matcher colour =
        COLOUR.matcher(theme.equals("dark") ? css.substring(dark) : css.substring(0, dark));
    Map<String, Integer> palette = new LinkedHashMap<>();
    while (colour.find()) {
      palette.put(colour.group(1), Integer.parseInt(colour.group(2), 16));
    }
    return palette;
  }

  private static double[] lab(int rgb, double[] matrix) {
    double[] linear = {linear(rgb >> 16), linear(rgb >> 8), linear(rgb)};
    double[] seen = new double[3];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        seen[row] += matrix[3 * row + column] * linear[column];
      }
      seen[row] = Math.max(0, Math.min(1, seen[row]));
    }
    double x = cubic((0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505);
    double y = cubic(0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]);
    double z = cubic((0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089);
    return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
  }

  private static double linear(int channel) {
    double value = (channel & 0xff) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double cubic(double value) {
    return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16.0 / 116;
  }

  private static double square(double value) {
    return value * value;
  }
}
