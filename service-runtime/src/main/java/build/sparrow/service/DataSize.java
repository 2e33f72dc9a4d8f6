package build.sparrow.service;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/**
 * An amount of data, written as a Kubernetes quantity.
 *
 * @param bytes the amount, at least 0
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final List<String> BINARY = List.of("Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final List<String> DECIMAL = List.of("k", "M", "G", "T", "P", "E");

  private static final int MAX_EXPONENT = 18;

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("Size is " + bytes + " bytes; give 0 or more");
    }
  }

  public static DataSize ofKibibytes(long kibibytes) {
    return new DataSize(Math.multiplyExact(kibibytes, 1L << 10));
  }

  public static DataSize ofMebibytes(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  public static DataSize ofGibibytes(long gibibytes) {
    return new DataSize(Math.multiplyExact(gibibytes, 1L << 30));
  }

  /**
   * Reads a Kubernetes quantity of bytes: {@code 512Ki}, {@code 4Mi}, {@code 1.5Gi}, {@code 20G},
   * {@code 1e9} or plain bytes. A part of a byte is rounded up, as Kubernetes does.
   *
   * @throws IllegalArgumentException naming the text and what can be given instead
   */
  public static DataSize parse(String text) {
    int unitAt = 0;
    while (unitAt < text.length() && "0123456789.".indexOf(text.charAt(unitAt)) >= 0) {
      unitAt++;
    }
    BigInteger bytes =
        number(text, text.substring(0, unitAt))
            .multiply(factor(text, text.substring(unitAt)))
            .setScale(0, RoundingMode.CEILING)
            .toBigIntegerExact();
    if (bytes.bitLength() >= Long.SIZE) {
      throw unreadable(text, "is above the largest size, 8Ei - 1");
    }
    return new DataSize(bytes.longValueExact());
  }

  private static BigDecimal number(String text, String digits) {
    try {
      return new BigDecimal(digits);
    } catch (NumberFormatException e) {
      throw unreadable(text, "is not a size");
    }
  }

  private static BigDecimal factor(String text, String suffix) {
    if (suffix.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (BINARY.contains(suffix)) {
      return BigDecimal.valueOf(1L << (10 * (BINARY.indexOf(suffix) + 1)));
    }
    if (DECIMAL.contains(suffix)) {
      return BigDecimal.TEN.pow(3 * (DECIMAL.indexOf(suffix) + 1));
    }
    if (suffix.length() > 1 && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E')) {
      return BigDecimal.ONE.scaleByPowerOfTen(exponent(text, suffix.substring(1)));
    }
    throw unreadable(text, "has the unknown unit \"" + suffix + "\"");
  }

  private static int exponent(String text, String digits) {
    try {
      int exponent = Integer.parseInt(digits);
      if (Math.abs(exponent) <= MAX_EXPONENT) {
        return exponent;
      }
    } catch (NumberFormatException e) {
      throw unreadable(text, "has no exponent after its e");
    }
    throw unreadable(text, "has an exponent beyond " + MAX_EXPONENT);
  }

  private static IllegalArgumentException unreadable(String text, String why) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" "
            + why
            + "; give bytes, or a number with Ki, Mi, Gi, Ti, Pi, Ei (powers of 1024) or k, M, G,"
            + " T, P, E (powers of 1000)");
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest exact quantity with a binary unit, as {@code 4Mi} or {@code 1000}. */
  @Override
  public String toString() {
    if (bytes == 0) {
      return "0";
    }
    int unit = Math.min(Long.numberOfTrailingZeros(bytes) / 10, BINARY.size());
    return unit == 0 ? Long.toString(bytes) : (bytes >> (10 * unit)) + BINARY.get(unit - 1);
  }
}
