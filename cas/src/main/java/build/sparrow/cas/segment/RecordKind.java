package build.sparrow.cas.segment;

import org.jspecify.annotations.Nullable;

/** What a record is. The codes are on disk. */
enum RecordKind {
  /** Room that an upload has taken and not filled; there is nothing to find in it. */
  PENDING(1),
  BLOB(2),
  /** An action result; its digest is that of the action. */
  RESULT(3);

  private final int code;

  RecordKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static @Nullable RecordKind of(int code) {
    for (RecordKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    return null;
  }
}
