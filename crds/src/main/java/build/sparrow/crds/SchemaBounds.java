package build.sparrow.crds;

import static java.util.Objects.requireNonNull;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a spec against the bounds that its schema has, so that a farm that no API server looked at
 * keeps the same rules as one that it did.
 */
final class SchemaBounds {
  private final Consumer<FarmProblem> problems;

  SchemaBounds(Consumer<FarmProblem> problems) {
    this.problems = problems;
  }

  /** Checks every component of the record, and all that is inside them. */
  void check(String path, Record spec) {
    for (RecordComponent component : requireNonNull(spec.getClass().getRecordComponents())) {
      String child = path + "." + component.getName();
      Object value = read(component, spec);
      Field declared = declaration(component);
      checkNumber(child, declared, value);
      checkText(child, declared, value);
      switch (value) {
        case Record inner -> check(child, inner);
        case List<?> list -> checkList(child, declared, list);
        case Map<?, ?> map -> checkSize(child, declared, map.size());
        case null, default -> {}
      }
    }
  }

  private void checkNumber(String path, Field declared, @Nullable Object value) {
    Min min = declared.getAnnotation(Min.class);
    Max max = declared.getAnnotation(Max.class);
    if (!(value instanceof Integer number) || min == null || max == null) {
      return;
    }
    if (number < min.value() || number > max.value()) {
      problems.accept(
          new FarmProblem(
              path,
              number.toString(),
              "out of bounds; give %d to %d".formatted((long) min.value(), (long) max.value())));
    }
  }

  private void checkText(String path, Field declared, @Nullable Object value) {
    if (!(value instanceof String text)) {
      return;
    }
    if (text.isEmpty() && declared.isAnnotationPresent(Required.class)) {
      problems.accept(new FarmProblem(path, null, "missing; give it"));
      return;
    }
    Size size = declared.getAnnotation(Size.class);
    if (size != null && (text.length() < size.min() || text.length() > size.max())) {
      problems.accept(
          new FarmProblem(
              path,
              text,
              "has %d characters; give %d to %d".formatted(text.length(), size.min(), size.max())));
    }
    Pattern pattern = declared.getAnnotation(Pattern.class);
    if (pattern != null && !text.matches(pattern.value())) {
      problems.accept(new FarmProblem(path, text, Forms.advice(pattern.value())));
    }
  }

  private void checkList(String path, Field declared, List<?> list) {
    checkSize(path, declared, list.size());
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof Record element) {
        check(path + "[" + i + "]", element);
      }
    }
  }

  private void checkSize(String path, Field declared, int entries) {
    Size size = declared.getAnnotation(Size.class);
    if (size != null && entries > size.max()) {
      problems.accept(
          new FarmProblem(
              path, null, "has %d entries; give at most %d".formatted(entries, size.max())));
    }
  }

  private static @Nullable Object read(RecordComponent component, Record spec) {
    try {
      return component.getAccessor().invoke(spec);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }

  private static Field declaration(RecordComponent component) {
    try {
      return component.getDeclaringRecord().getDeclaredField(component.getName());
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("Every record component has a field", e);
    }
  }
}
