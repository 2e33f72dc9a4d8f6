package build.sparrow.crds;

import org.jspecify.annotations.Nullable;

/**
 * Puts a default where a YAML says nothing. Jackson passes null to a record's constructor for what
 * is absent; after it no component of a spec is null unless it is marked so.
 */
final class Absent {
  private Absent() {}

  static <T> T or(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
