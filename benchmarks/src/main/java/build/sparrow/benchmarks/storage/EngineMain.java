package build.sparrow.benchmarks.storage;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.segment.Durability;
import build.sparrow.cas.segment.SegmentedBlobStore;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Measures the engine without a network, one step a process, and prints a line {@code key=number}
 * for each figure.
 *
 * <ul>
 *   <li>{@code fill FOLDER COUNT} makes a store of so many blobs of 48 bytes
 *   <li>{@code open FOLDER COUNT} opens it, looks digests up, and says what memory that takes
 *   <li>{@code churn FOLDER MEBIBYTES} writes three times what fits, reading a tenth of it again
 * </ul>
 */
public final class EngineMain {
  private static final BlobScope SCOPE = new BlobScope(InstanceName.ROOT, DigestFunction.SHA256);
  private static final long LARGE_CAPACITY_BYTES = 64L << 30;
  private static final int TINY_BYTES = 48;
  private static final int TINY_PER_BATCH = 4_000;
  private static final int LOOKED_UP = 1_000_000;
  private static final int PER_CALL = 10_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int CHURN_BYTES = 8_192;

  private EngineMain() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    int number = Integer.parseInt(arguments[2]);
    switch (arguments[0]) {
      case "fill" -> fill(folder, number);
      case "open" -> open(folder, number);
      case "churn" -> churn(folder, number);
      default -> throw new IllegalArgumentException("There is no step " + arguments[0]);
    }
  }

  private static void print(String key, double value) {
    System.out.printf(Locale.ROOT, "%s=%.3f%n", key, value);
  }

  private static ByteString tiny(long number) {
    ByteBuffer bytes = ByteBuffer.allocate(TINY_BYTES).putLong(number);
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  private static SegmentedBlobStore large(Path folder) throws IOException {
    return SegmentedBlobStore.open(
        folder, LARGE_CAPACITY_BYTES, Duration.ofHours(3), Durability.GROUPED);
  }

  private static void fill(Path folder, int count) throws IOException {
    try (SegmentedBlobStore store = large(folder)) {
      for (int made = 0; made < count; made += TINY_PER_BATCH) {
        Map<Digest, ByteString> batch = new HashMap<>();
        for (int i = made; i < Math.min(count, made + TINY_PER_BATCH); i++) {
          ByteString blob = tiny(i);
          batch.put(SCOPE.function().digestOf(blob), blob);
        }
        store.writeAll(SCOPE, batch);
      }
    }
  }

  private static void open(Path folder, int count) throws IOException {
    long start = System.nanoTime();
    try (SegmentedBlobStore store = large(folder)) {
      print("restart_seconds", (System.nanoTime() - start) / 1e9);
      if (store.usage().entries() != count) {
        throw new IllegalStateException("The store holds " + store.usage().entries());
      }
      print("entries_millions", count / 1e6);
      // The first rounds are for the compiler, and use each digest once.
      double best = 0;
      for (int round = 0; round < 12; round++) {
        best = Math.max(best, lookUp(store, count));
      }
      print("found_per_core_millions", best / 1e6);
      print("resident_mebibytes", residentMebibytes());
    }
  }

  private static double lookUp(SegmentedBlobStore store, int count) {
    Random random = new Random(1);
    List<List<Digest>> calls = new ArrayList<>();
    for (int call = 0; call < LOOKED_UP / PER_CALL; call++) {
      List<Digest> digests = new ArrayList<>();
      for (int i = 0; i < PER_CALL; i++) {
        long number = random.nextInt(count);
        digests.add(SCOPE.function().digestOf(tiny(i % 2 == 0 ? number : -1 - number)));
      }
      calls.add(digests);
    }
    long nanos = 0;
    for (List<Digest> digests : calls) {
      // As a service makes them anew from each message, no string knows its hash yet.
      List<Digest> fresh = new ArrayList<>();
      digests.forEach(digest -> fresh.add(copy(digest)));
      long start = THREADS.getCurrentThreadCpuTime();
      int missing = store.findMissing(SCOPE, fresh).size();
      nanos += THREADS.getCurrentThreadCpuTime() - start;
      if (missing < PER_CALL * 2 / 5) {
        throw new IllegalStateException(missing + " are missing");
      }
    }
    return LOOKED_UP * 1e9 / nanos;
  }

  private static Digest copy(Digest digest) {
    return new Digest(new String(digest.hash().toCharArray()), digest.sizeBytes());
  }

  private static double residentMebibytes() throws IOException {
    return statusOf("/proc/self/status", "VmHWM:") / 1024.0;
  }

  private static long statusOf(String file, String key) throws IOException {
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(file + " does not say " + key);
  }

  private static void churn(Path folder, int mebibytes) throws IOException {
    long capacityBytes = (long) mebibytes << 20;
    int writes = (int) (capacityBytes * 3 / CHURN_BYTES);
    Random random = new Random(1);
    long[] nanos = new long[writes];
    List<Digest> written = new ArrayList<>();
    long payloadBytes = 0;
    long before = statusOf("/proc/self/io", "wchar:");
    try (SegmentedBlobStore store =
        SegmentedBlobStore.open(folder, capacityBytes, Duration.ZERO, Durability.GROUPED)) {
      for (int i = 0; i < writes; i++) {
        byte[] bytes = new byte[CHURN_BYTES];
        random.nextBytes(bytes);
        ByteString blob = UnsafeByteOperations.unsafeWrap(bytes);
        Digest digest = SCOPE.function().digestOf(blob);
        long start = System.nanoTime();
        store.writeAll(SCOPE, Map.of(digest, blob));
        nanos[i] = System.nanoTime() - start;
        written.add(digest);
        payloadBytes += CHURN_BYTES;
        if (i % 10 == 0) {
          int young = Math.max(0, written.size() - writes / 6);
          Digest wanted = written.get(young + random.nextInt(written.size() - young));
          store.readAll(SCOPE, List.of(wanted));
        }
      }
      if (store.usage().evictedEntries() == 0) {
        throw new IllegalStateException("Nothing was evicted");
      }
    }
    long after = statusOf("/proc/self/io", "wchar:");
    print("write_amplification", (after - before) / (double) payloadBytes);
    // The store is full after a third; before that nothing is evicted.
    double early = percentile99(nanos, 0, writes / 3);
    double late = percentile99(nanos, 2 * writes / 3, writes);
    print("write_p99_micros", late / 1000);
    print("write_p99_drift", late / early);
  }

  private static double percentile99(long[] nanos, int from, int to) {
    long[] part = Arrays.copyOfRange(nanos, from, to);
    Arrays.sort(part);
    return part[(int) (part.length * 0.99)];
  }
}
