package build.sparrow.scheduling.owner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A set from which one element can be drawn by its place; adding, removing and drawing take
 * constant time.
 */
final class DrawSet<T> {
  private final List<T> elements = new ArrayList<>();
  private final Map<T, Integer> places = new HashMap<>();

  /**
   * Adds or removes the element, so that it is in the set if and only if it is wanted.
   *
   * @return whether that changed the set
   */
  boolean keep(T element, boolean wanted) {
    if (wanted == places.containsKey(element)) {
      return false;
    }
    if (wanted) {
      places.put(element, elements.size());
      elements.add(element);
    } else {
      Integer place = places.remove(element);
      if (place != null) {
        T last = elements.removeLast();
        if (place < elements.size()) {
          elements.set(place, last);
          places.put(last, place);
        }
      }
    }
    return true;
  }

  T get(int place) {
    return elements.get(place);
  }

  int size() {
    return elements.size();
  }

  boolean isEmpty() {
    return elements.isEmpty();
  }

  List<T> all() {
    return Collections.unmodifiableList(elements);
  }
}
