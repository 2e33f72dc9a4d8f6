package build.sparrow.cas.replica.member;

import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.replica.ItemLog;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.service.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a shard owes the others, and its deliveries to them. */
final class Debts implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Debts.class);

  /** About two million items; who is away for longer is better made anew. */
  private static final long MAX_LOG_BYTES = 256L << 20;

  private static final Comparator<Endpoint> BY_NAME = Comparator.comparing(Endpoint::toString);
  private static final int BATCH_ITEMS = 500;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Path folder;
  private final Courier courier;
  private final Map<Endpoint, ItemLog> logs = new ConcurrentSkipListMap<>(BY_NAME);
  private final List<Thread> deliveries = new CopyOnWriteArrayList<>();

  private Debts(Path folder, Courier courier) {
    this.folder = folder;
    this.courier = courier;
  }

  /** Opens what is in the folder, and begins to deliver to all others, also to those that come. */
  static Debts open(Path folder, Members members, Courier courier) throws IOException {
    Files.createDirectories(folder);
    Debts debts = new Debts(folder, courier);
    try {
      members.onArrival(debts::add);
    } catch (IOException | RuntimeException e) {
      debts.close();
      throw e;
    }
    return debts;
  }

  private void add(Endpoint name, Shard shard) throws IOException {
    if (logs.containsKey(name)) {
      return;
    }
    String file = URLEncoder.encode(name.toString(), StandardCharsets.UTF_8);
    ItemLog owed = ItemLog.open(folder.resolve(file), MAX_LOG_BYTES);
    logs.put(name, owed);
    deliveries.add(
        Thread.ofVirtual().name("debts").start(() -> deliver(name, owed, shard, courier)));
  }

  private static void deliver(Endpoint name, ItemLog owed, Shard shard, Courier courier) {
    Duration pause = FIRST_PAUSE;
    try {
      while (true) {
        owed.await();
        try {
          ItemLog.Batch batch = owed.peek(BATCH_ITEMS);
          courier.bring(batch.items(), shard);
          owed.drop(batch);
          pause = FIRST_PAUSE;
        } catch (StoreUnavailableException _) {
          // It is still away.
          pause = longer(pause);
        } catch (IOException e) {
          log.atWarn()
              .addKeyValue("shard", name)
              .setCause(e)
              .log("Cannot bring a shard what it is owed; trying again");
          pause = LONGEST_PAUSE;
        }
        if (pause.compareTo(FIRST_PAUSE) > 0) {
          Thread.sleep(pause);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  /**
   * Owes another shard items from now on, also over a restart.
   *
   * @throws IllegalArgumentException if there is no such shard
   */
  void owe(Endpoint shard, Collection<Item> items) throws IOException {
    log(shard).add(items);
  }

  private ItemLog log(Endpoint shard) {
    @Nullable ItemLog owed = logs.get(shard);
    if (owed == null) {
      throw new IllegalArgumentException(
          "shard is %s, which is none of the other shards %s".formatted(shard, logs.keySet()));
    }
    return owed;
  }

  /** How many items each other shard is owed. */
  Map<Endpoint, Long> counts() {
    Map<Endpoint, Long> counts = new LinkedHashMap<>();
    logs.forEach((shard, owed) -> counts.put(shard, owed.count()));
    return counts;
  }

  @Override
  public void close() throws IOException {
    deliveries.forEach(Thread::interrupt);
    try {
      for (Thread delivery : deliveries) {
        delivery.join(Duration.ofSeconds(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (ItemLog owed : logs.values()) {
      owed.close();
    }
  }
}
