package build.sparrow.cas.replica;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemLogTest {
  private static final Item BLOB = new Item.Blob(SCOPE, digestOf(text("blob")));
  private static final Item OTHER = new Item.Blob(SCOPE, digestOf(text("other")));
  private static final Item RESULT =
      new Item.Result(
          new ActionKey(
              new InstanceName("team/a"), DigestFunction.SHA256, digestOf(text("action"))));

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("owed");
  }

  @Test
  void whatIsOwedIsThereAfterARestart_oldestFirst() throws Exception {
    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      log.add(List.of(BLOB, RESULT));
      log.add(List.of(OTHER));
    }

    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      assertThat(log.count()).isEqualTo(3);
      assertThat(log.peek(2).items()).containsExactly(BLOB, RESULT);
      log.drop(log.peek(2));
      assertThat(log.peek(2).items()).containsExactly(OTHER);
      assertThat(log.count()).isEqualTo(1);
    }
  }

  @Test
  void whatWasDeliveredIsForgotten_whenAllIs() throws Exception {
    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      log.add(List.of(BLOB, OTHER));
      log.drop(log.peek(10));
      assertThat(log.peek(10).items()).isEmpty();
    }

    assertThat(Files.size(path)).isZero();
  }

  @Test
  void aTailCutAnywhereIsDropped_andWhatStandsBeforeItIsKept() throws Exception {
    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      log.add(List.of(BLOB));
    }
    long whole = Files.size(path);
    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      log.add(List.of(OTHER));
    }
    byte[] both = Files.readAllBytes(path);

    for (int length = (int) whole; length < both.length; length++) {
      Files.write(path, Arrays.copyOf(both, length));
      try (ItemLog log = ItemLog.open(path, 1 << 20)) {
        assertThat(log.peek(10).items()).as("cut at " + length).containsExactly(BLOB);
        log.add(List.of(RESULT));
        assertThat(log.peek(10).items()).containsExactly(BLOB, RESULT);
      }
    }
  }

  @Test
  void aDamagedRecordEndsTheLog() throws Exception {
    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      log.add(List.of(BLOB));
    }
    long whole = Files.size(path);
    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      log.add(List.of(OTHER));
    }
    flip(whole + 12);

    try (ItemLog log = ItemLog.open(path, 1 << 20)) {
      assertThat(log.peek(10).items()).containsExactly(BLOB);
    }
  }

  private void flip(long position) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    bytes[(int) position] ^= 1;
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes), 0);
    }
  }

  @Test
  void theRoomOfWhatWasDeliveredIsUsedAgain_alsoIfTheLogIsNeverEmpty() throws Exception {
    try (ItemLog log = ItemLog.open(path, 1_000)) {
      log.add(List.of(OTHER));
      for (int i = 0; i < 100; i++) {
        log.add(List.of(i % 2 == 0 ? BLOB : RESULT));
        ItemLog.Batch oldest = log.peek(1);
        log.add(List.of(OTHER));
        log.drop(oldest);
        log.drop(log.peek(1));
      }
    }

    assertThat(Files.size(path)).isLessThan(1_000);
    try (ItemLog log = ItemLog.open(path, 1_000)) {
      assertThat(log.peek(1_000).items()).endsWith(RESULT, OTHER);
    }
  }

  @Test
  void aFullLogIsNotCopiedForTheSakeOfAFewThatWereDelivered() throws Exception {
    long full = 10 * recordBytes(BLOB);
    try (ItemLog log = ItemLog.open(path, full)) {
      log.add(Collections.nCopies(10, BLOB));
      log.drop(log.peek(2));

      assertThatThrownBy(() -> log.add(List.of(BLOB))).isInstanceOf(StoreFullException.class);
      assertThat(Files.size(path)).isEqualTo(full);
      log.drop(log.peek(1));
      log.add(List.of(BLOB));

      assertThat(Files.size(path)).isLessThan(full);
      assertThat(log.peek(10).items()).isEqualTo(Collections.nCopies(8, BLOB));
    }
  }

  private long recordBytes(Item item) throws IOException {
    Path other = path.resolveSibling("other");
    try (ItemLog log = ItemLog.open(other, 1_000)) {
      log.add(List.of(item));
      return Files.size(other);
    }
  }

  @Test
  void noMoreIsOwedThanTheLogMayHold() throws Exception {
    try (ItemLog log = ItemLog.open(path, 200)) {
      log.add(List.of(BLOB));

      assertThatThrownBy(() -> log.add(List.of(BLOB, OTHER, RESULT)))
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining("at most 200 are kept; bring that back");
      assertThat(log.count()).isEqualTo(1);
    }
  }
}
