package build.sparrow.service;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the valid word that a mistyped one was meant to be. */
final class NearestKey {
  private NearestKey() {}

  /** The valid word with the fewest edits from the typed one, null if none is close. */
  static @Nullable String of(String typed, Collection<String> valid) {
    return valid.stream()
        .filter(word -> edits(typed, word) <= Math.max(2, Math.min(typed.length(), 9) / 3))
        .min(
            Comparator.comparingInt((String word) -> edits(typed, word))
                .thenComparing(word -> word))
        .orElse(null);
  }

  /** Levenshtein's distance, upper and lower case being equal. */
  private static int edits(String typed, String word) {
    String a = typed.toLowerCase(Locale.ROOT);
    String b = word.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
