package build.sparrow.reapi;

import java.util.Comparator;

/**
 * The order that canonical messages sort names in: by UTF-8 bytes, which is the order of the code
 * points. {@link String#compareTo} differs from it where a character takes a surrogate pair.
 */
public enum Utf8Order implements Comparator<String> {
  INSTANCE;

  @Override
  public int compare(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        return Integer.compare(rank(a), rank(b));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** Surrogates stand for code points above all others of two bytes, so they sort last. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }
}
