package build.sparrow.cas.segment;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;

/** What a record is found by. */
record RecordKey(RecordKind kind, ScopeTag scope, DigestFunction function, Digest digest) {
  static RecordKey blob(BlobScope scope, Digest digest) {
    return new RecordKey(RecordKind.BLOB, ScopeTag.of(scope), scope.function(), digest);
  }
}
