package build.sparrow.cas.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.disk.ManualStoreClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LeasedLruTest {
  private static final Duration LEASE = Duration.ofHours(3);

  private final ManualStoreClock clock = new ManualStoreClock();
  private final List<String> evicted = new ArrayList<>();

  private LeasedLru<String> lru(long capacityBytes) {
    return new LeasedLru<>(capacityBytes, LEASE, clock::nanoTime);
  }

  private void add(LeasedLru<String> lru, String key, long bytes) throws StoreFullException {
    lru.reserve(bytes, this::evict);
    lru.add(key, bytes);
  }

  private void evict(LeasedLru.Entry<String> entry) {
    evicted.add(entry.key());
  }

  @Test
  void leastRecentlyUsedGoesFirst_whenNothingIsLeased() throws Exception {
    LeasedLru<String> lru = lru(30);
    for (String key : List.of("a", "b", "c")) {
      add(lru, key, 10);
      clock.advance(Duration.ofMinutes(1));
    }
    clock.advance(Duration.ofMinutes(1));
    assertThat(lru.use("a")).isNotNull();
    clock.advance(LEASE);

    add(lru, "d", 10);
    add(lru, "e", 10);

    assertThat(evicted).containsExactly("b", "c");
    assertThat(lru.use("b")).isNull();
    assertThat(lru.use("a")).isNotNull();
    assertThat(lru.evictedAge()).isGreaterThan(LEASE);
  }

  @Test
  void nothingLeasedGoes_andTheReservationLeavesNoTrace() throws Exception {
    LeasedLru<String> lru = lru(20);
    add(lru, "a", 10);
    clock.advance(LEASE.minusSeconds(1));
    add(lru, "b", 10);

    clock.advance(Duration.ofMillis(999));
    assertThatThrownBy(() -> lru.reserve(1, this::evict))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("all of its 20 bytes")
        .hasMessageContaining("PT3H");

    assertThat(evicted).isEmpty();
    assertThat(lru.usedBytes()).isEqualTo(20);
    clock.advance(Duration.ofMillis(1));
    add(lru, "c", 10);
    assertThat(evicted).containsExactly("a");
  }

  @Test
  void aUseRenewsTheLease() throws Exception {
    LeasedLru<String> lru = lru(10);
    add(lru, "a", 10);
    clock.advance(LEASE.minusSeconds(1));
    assertThat(lru.use("a")).isNotNull();
    clock.advance(LEASE.minusSeconds(1));

    assertThatThrownBy(() -> lru.reserve(10, this::evict)).isInstanceOf(StoreFullException.class);
    assertThat(lru.use("a")).isNotNull();
  }

  @Test
  void roomIsCountedOnce_whenAKeyIsReplacedAgainAndAgain() throws Exception {
    LeasedLru<String> lru = lru(20);

    for (int i = 0; i < 100_000; i++) {
      add(lru, "a", 10);
    }

    assertThat(lru.usedBytes()).isEqualTo(10);
    assertThat(lru.count()).isEqualTo(1);
    assertThat(lru.heapSize()).isLessThan(3_000);
    assertThat(evicted).isEmpty();
  }

  @Test
  void whatWasUsedBeforeTheStartKeepsItsOrder() throws Exception {
    LeasedLru<String> lru = lru(20);
    lru.addUsedBefore("young", 10, LEASE.plusHours(1).toNanos());
    lru.addUsedBefore("old", 10, LEASE.plusHours(2).toNanos());

    add(lru, "new", 10);

    assertThat(evicted).containsExactly("old");
  }

  @Test
  void removedEntriesAreNotFound_andRemovedOnce() throws Exception {
    LeasedLru<String> lru = lru(20);
    add(lru, "a", 10);
    LeasedLru.Entry<String> entry = Objects.requireNonNull(lru.use("a"));

    assertThat(lru.remove(entry)).isTrue();
    assertThat(lru.remove(entry)).isFalse();

    assertThat(lru.use("a")).isNull();
    assertThat(lru.usedBytes()).isZero();
  }

  @Test
  void anEvictionDoesNotForgetWhatArrivedAnewSince() throws Exception {
    LeasedLru<String> lru = lru(10);
    add(lru, "a", 10);
    clock.advance(LEASE);
    List<LeasedLru.Entry<String>> gone = new ArrayList<>();
    lru.reserve(10, gone::add);
    lru.add("a", 10);

    assertThat(lru.forget(gone.getFirst())).isFalse();

    assertThat(lru.use("a")).isNotNull();
  }
}
