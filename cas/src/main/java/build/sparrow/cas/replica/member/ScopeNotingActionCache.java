package build.sparrow.cas.replica.member;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.ActionKey;
import java.io.IOException;
import java.util.Optional;

/** Has the namespace of each result written down before the result is stored. */
final class ScopeNotingActionCache implements ActionCache {
  private final ActionCache base;
  private final ScopeBook book;

  ScopeNotingActionCache(ActionCache base, ScopeBook book) {
    this.base = base;
    this.book = book;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    return base.get(key);
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    book.note(BlobScope.of(key));
    base.put(key, result);
  }
}
