package build.sparrow.scheduling;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalLong;

/**
 * Amounts of what can be counted, as Kubernetes writes them ({@code 4}, {@code 500m}, {@code
 * 16Gi}); counted in thousandths.
 */
public final class Amount {
  private static final String NUMBER = "[0-9]{1,19}(\\.[0-9]{1,3})?";
  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

  private record Unit(String suffix, long thousandths) {}

  private static final Unit THOUSANDTH = new Unit("m", 1);
  private static final Unit ONE = new Unit("", 1_000);

  /** In an order in which none is taken for another; those of two letters grow. */
  private static final List<Unit> UNITS =
      List.of(
          new Unit("Ki", 1_000L << 10),
          new Unit("Mi", 1_000L << 20),
          new Unit("Gi", 1_000L << 30),
          new Unit("Ti", 1_000L << 40),
          new Unit("Pi", 1_000L << 50),
          THOUSANDTH,
          new Unit("k", 1_000_000L),
          new Unit("M", 1_000_000_000L),
          new Unit("G", 1_000_000_000_000L),
          new Unit("T", 1_000_000_000_000_000L),
          new Unit("P", 1_000_000_000_000_000_000L));

  private Amount() {}

  /** Thousandths, rounded up; empty if the text is no amount, or one beyond counting. */
  public static OptionalLong parse(String text) {
    Unit unit = UNITS.stream().filter(each -> text.endsWith(each.suffix)).findFirst().orElse(ONE);
    String number = text.substring(0, text.length() - unit.suffix.length());
    if (!number.matches(NUMBER)) {
      return OptionalLong.empty();
    }
    BigDecimal thousandths =
        new BigDecimal(number)
            .multiply(BigDecimal.valueOf(unit.thousandths))
            .setScale(0, RoundingMode.CEILING);
    return thousandths.compareTo(MOST) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(thousandths.longValueExact());
  }

  /** As people write it, exactly. */
  public static String show(long thousandths) {
    Unit best = thousandths % ONE.thousandths == 0 ? ONE : THOUSANDTH;
    for (Unit unit : UNITS) {
      if (unit.suffix.endsWith("i") && thousandths > 0 && thousandths % unit.thousandths == 0) {
        best = unit;
      }
    }
    return thousandths / best.thousandths + best.suffix;
  }
}
