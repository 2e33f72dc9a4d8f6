package build.sparrow.cas.replica.member;

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
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HintLogTest {
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
    try (HintLog log = HintLog.open(path)) {
      log.add(List.of(BLOB, RESULT));
      log.add(List.of(OTHER));
    }

    try (HintLog log = HintLog.open(path)) {
      assertThat(log.count()).isEqualTo(3);
      assertThat(log.peek(2).items()).containsExactly(BLOB, RESULT);
      log.drop(log.peek(2));
      assertThat(log.peek(2).items()).containsExactly(OTHER);
      assertThat(log.count()).isEqualTo(1);
    }
  }

  @Test
  void whatWasDeliveredIsForgotten_whenAllIs() throws Exception {
    try (HintLog log = HintLog.open(path)) {
      log.add(List.of(BLOB, OTHER));
      log.drop(log.peek(10));
      assertThat(log.peek(10).items()).isEmpty();
    }

    assertThat(Files.size(path)).isZero();
  }

  @Test
  void aTailCutAnywhereIsDropped_andWhatStandsBeforeItIsKept() throws Exception {
    try (HintLog log = HintLog.open(path)) {
      log.add(List.of(BLOB));
    }
    long whole = Files.size(path);
    try (HintLog log = HintLog.open(path)) {
      log.add(List.of(OTHER));
    }
    byte[] both = Files.readAllBytes(path);

    for (int length = (int) whole; length < both.length; length++) {
      Files.write(path, Arrays.copyOf(both, length));
      try (HintLog log = HintLog.open(path)) {
        assertThat(log.peek(10).items()).as("cut at " + length).containsExactly(BLOB);
        log.add(List.of(RESULT));
        assertThat(log.peek(10).items()).containsExactly(BLOB, RESULT);
      }
    }
  }

  @Test
  void aDamagedRecordEndsTheLog() throws Exception {
    try (HintLog log = HintLog.open(path)) {
      log.add(List.of(BLOB));
    }
    long whole = Files.size(path);
    try (HintLog log = HintLog.open(path)) {
      log.add(List.of(OTHER));
    }
    flip(whole + 12);

    try (HintLog log = HintLog.open(path)) {
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
  void noMoreIsOwedThanTheLogMayHold() throws Exception {
    try (HintLog log = HintLog.open(path, 200)) {
      log.add(List.of(BLOB));

      assertThatThrownBy(() -> log.add(List.of(BLOB, OTHER, RESULT)))
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining("at most 200 are kept; bring that shard back");
      assertThat(log.count()).isEqualTo(1);
    }
  }
}
