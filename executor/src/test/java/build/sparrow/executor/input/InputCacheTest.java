package build.sparrow.executor.input;

import static build.sparrow.executor.InMemoryBlobStore.SCOPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.executor.InMemoryBlobStore;
import build.sparrow.reapi.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
final class InputCacheTest {
  private static final long PLENTY = 1 << 30;

  @TempDir Path directory;

  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private Path actions;

  @BeforeEach
  void makeDirectories() throws IOException {
    actions = Files.createDirectory(directory.resolve("actions"));
  }

  @Test
  void inputsAreReadOnly_executableOrNot_andAllOfOneAge() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey plain = key("data", false);
    FileKey program = key("data", true);

    try (InputLease lease = cache.acquire(SCOPE, List.of(plain, program))) {
      lease.link(plain, actions.resolve("plain"));
      lease.link(program, actions.resolve("program"));
    }

    assertThat(actions.resolve("plain")).hasContent("data");
    assertThat(permissions("plain")).isEqualTo("r--r--r--");
    assertThat(permissions("program")).isEqualTo("r-xr-xr-x");
    assertThat(Files.getLastModifiedTime(actions.resolve("plain")))
        .hasToString("2000-01-01T00:00:00Z");
  }

  @Test
  void aFileIsFetchedOnceAndIsOneInodeEverywhere() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey key = key("data", false);

    try (InputLease first = cache.acquire(SCOPE, List.of(key, key))) {
      first.link(key, actions.resolve("a"));
      first.link(key, actions.resolve("b"));
      try (InputLease second = cache.acquire(SCOPE, List.of(key))) {
        second.link(key, actions.resolve("c"));
      }
    }

    assertThat(store.reads()).isEqualTo(1);
    assertThat(inode("a")).isEqualTo(inode("b")).isEqualTo(inode("c"));
  }

  @Test
  void largeFilesAreStreamed() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey key = key("x".repeat(5 << 20), false);

    try (InputLease lease = cache.acquire(SCOPE, List.of(key))) {
      lease.link(key, actions.resolve("large"));
    }

    assertThat(actions.resolve("large")).hasSize(5 << 20);
  }

  @Test
  void attemptsThatWantTheSameFileAtTheSameTimeFetchItOnce() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey key = key("data", false);
    CountDownLatch allStarted = new CountDownLatch(8);
    store.onRead(() -> awaitUninterruptibly(allStarted));

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InputLease>> leases = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        leases.add(
            threads.submit(
                () -> {
                  allStarted.countDown();
                  return cache.acquire(SCOPE, List.of(key));
                }));
      }
      for (Future<InputLease> lease : leases) {
        lease.get().close();
      }
    }

    assertThat(store.reads()).isEqualTo(1);
  }

  @Test
  void whatIsMissingIsNamed_andCanBeFetchedOnceItIsThere() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey present = key("present", false);
    FileKey absent = key("absent", false);
    store.remove(absent.digest());

    assertThatThrownBy(() -> cache.acquire(SCOPE, List.of(present, absent)))
        .isInstanceOfSatisfying(
            InputsMissingException.class,
            missing -> assertThat(missing.digests()).containsExactly(absent.digest()));

    store.put("absent");
    cache.acquire(SCOPE, List.of(present, absent)).close();
  }

  @Test
  void anOutageOfTheStoreLeavesNothingBehind() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey key = key("data", false);
    store.setReachable(false);

    assertThatThrownBy(() -> cache.acquire(SCOPE, List.of(key)))
        .isInstanceOf(StoreUnavailableException.class);

    store.setReachable(true);
    cache.acquire(SCOPE, List.of(key)).close();
    assertThat(cache.bytes()).isEqualTo(4);
  }

  @Test
  void theLeastRecentlyUsedMakesRoom_butNothingThatIsInUse() throws Exception {
    InputCache cache = open(10);
    FileKey a = key("aaaa", false);
    FileKey b = key("bbbb", false);
    FileKey c = key("cccc", false);

    InputLease used = cache.acquire(SCOPE, List.of(a));
    cache.acquire(SCOPE, List.of(b)).close();
    cache.acquire(SCOPE, List.of(c)).close();

    assertThat(cache.bytes()).isEqualTo(8);
    used.link(a, actions.resolve("a"));
    used.close();
    int readsBefore = store.reads();
    cache.acquire(SCOPE, List.of(a, c)).close();
    assertThat(store.reads()).isEqualTo(readsBefore);
    cache.acquire(SCOPE, List.of(b)).close();
    assertThat(store.reads()).isEqualTo(readsBefore + 1);
  }

  @Test
  void anInodeWithTooManyNamesIsCopied() throws Exception {
    InputCache cache = InputCache.open(directory.resolve("cache"), PLENTY, 2, store);
    FileKey key = key("data", true);

    try (InputLease lease = cache.acquire(SCOPE, List.of(key))) {
      for (String name : List.of("a", "b", "c")) {
        lease.link(key, actions.resolve(name));
      }
    }

    assertThat(inode("a")).isEqualTo(inode("b")).isNotEqualTo(inode("c"));
    assertThat(actions.resolve("c")).hasContent("data");
    assertThat(permissions("c")).isEqualTo("r-xr-xr-x");
  }

  @Test
  void anInputThatWasWrittenToLeavesTheCache_andIsCopiedFromThenOn() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey key = key("data", false);

    try (InputLease lease = cache.acquire(SCOPE, List.of(key))) {
      lease.link(key, actions.resolve("in"));
      writeThrough("in");
      assertThat(lease.check()).isEqualTo(new InputCheck(List.of(key.digest()), false));
    }

    try (InputLease next = cache.acquire(SCOPE, List.of(key))) {
      next.link(key, actions.resolve("next"));
      assertThat(actions.resolve("next")).hasContent("data");
      writeThrough("next");
      assertThat(next.check()).isEqualTo(InputCheck.UNCHANGED);
    }
    try (InputLease third = cache.acquire(SCOPE, List.of(key))) {
      third.link(key, actions.resolve("third"));
      assertThat(actions.resolve("third")).hasContent("data");
    }
  }

  @Test
  void whoeverUsedAnInputWhileItWasWrittenToHearsOfIt() throws Exception {
    InputCache cache = open(PLENTY);
    FileKey key = key("data", false);
    InputCheck shared = new InputCheck(List.of(key.digest()), true);

    try (InputLease writer = cache.acquire(SCOPE, List.of(key));
        InputLease reader = cache.acquire(SCOPE, List.of(key))) {
      writer.link(key, actions.resolve("writer"));
      reader.link(key, actions.resolve("reader"));
      writeThrough("writer");
      assertThat(writer.check()).isEqualTo(shared);
      // A third attempt brings the right bytes back under the same name in the cache.
      cache.acquire(SCOPE, List.of(key)).close();
      assertThat(reader.check()).isEqualTo(shared);
    }
  }

  @Test
  void filesSurviveARestart_butOnlyIfTheirBytesAreStillRight() throws Exception {
    FileKey whole = key("whole", false);
    FileKey torn = key("torn", false);
    open(PLENTY).acquire(SCOPE, List.of(whole, torn)).close();
    Path tornFile = directory.resolve("cache/files").resolve(torn.path());
    Files.setPosixFilePermissions(tornFile, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(tornFile, "TORN");
    Files.writeString(tornFile.resolveSibling("stranger"), "no file of the cache's");
    int readsBefore = store.reads();

    InputCache cache = open(PLENTY);
    try (InputLease lease = cache.acquire(SCOPE, List.of(whole, torn))) {
      lease.link(whole, actions.resolve("whole"));
      lease.link(torn, actions.resolve("torn"));
    }

    assertThat(store.reads()).isEqualTo(readsBefore + 1);
    assertThat(actions.resolve("whole")).hasContent("whole");
    assertThat(actions.resolve("torn")).hasContent("torn");
    assertThat(permissions("torn")).isEqualTo("r--r--r--");
    assertThat(tornFile.resolveSibling("stranger")).doesNotExist();
  }

  @Test
  void theEmptyFileNeedsNoStore() throws Exception {
    InputCache cache = open(PLENTY);
    Digest empty = SCOPE.function().emptyDigest();
    FileKey key = new FileKey(SCOPE.function(), empty, false);

    try (InputLease lease = cache.acquire(SCOPE, List.of(key))) {
      lease.link(key, actions.resolve("empty"));
    }

    assertThat(actions.resolve("empty")).isEmptyFile();
  }

  private InputCache open(long maxBytes) throws IOException {
    return InputCache.open(directory.resolve("cache"), maxBytes, store);
  }

  private FileKey key(String content, boolean isExecutable) {
    return new FileKey(SCOPE.function(), store.put(content), isExecutable);
  }

  private void writeThrough(String name) throws IOException {
    Path file = actions.resolve(name);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(file, "x", StandardOpenOption.APPEND);
  }

  private String permissions(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(actions.resolve(name)));
  }

  private Object inode(String name) throws IOException {
    return Files.getAttribute(actions.resolve(name), "unix:ino");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
