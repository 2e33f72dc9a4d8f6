package build.sparrow.cas.tier;

import build.sparrow.cas.BlobSource;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Objects in a map, which may be away, or slow, or choosy, or broken. */
final class InMemoryObjectStore implements ObjectStore {
  final Map<String, ByteString> objects = new ConcurrentHashMap<>();
  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger gets = new AtomicInteger();
  volatile boolean isAway;
  volatile boolean isBroken;
  volatile CountDownLatch answersFrom = new CountDownLatch(0);
  volatile Predicate<String> refuses = _ -> false;

  private void call() throws TierException {
    calls.incrementAndGet();
    try {
      answersFrom.await();
    } catch (InterruptedException e) {
      throw new TierException("interrupted", false, e);
    }
    if (isBroken) {
      throw new IllegalStateException("broken");
    }
    if (isAway) {
      throw new TierException("away", false, null);
    }
  }

  @Override
  public boolean has(String name) throws TierException {
    call();
    return objects.containsKey(name);
  }

  @Override
  public void put(String name, long sizeBytes, BlobSource source) throws IOException {
    call();
    if (refuses.test(name)) {
      throw new TierException("too large", true, null);
    }
    try (InputStream in = source.open()) {
      objects.put(name, ByteString.readFrom(in));
    }
  }

  @Override
  public Optional<InputStream> get(String name) throws TierException {
    gets.incrementAndGet();
    call();
    return Optional.ofNullable(objects.get(name)).map(ByteString::newInput);
  }

  @Override
  public void close() {}
}
