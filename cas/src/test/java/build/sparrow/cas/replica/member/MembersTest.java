package build.sparrow.cas.replica.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersTest {
  private static final Endpoint A = new Endpoint("a", 1);
  private static final Endpoint B = new Endpoint("b", 1);
  private static final Endpoint C = new Endpoint("c", 1);
  private static final Endpoint N = new Endpoint("n", 1);
  private static final Placement FOUNDING = new Placement(List.of(A, B, C), 2);
  private static final Placement JOINED = FOUNDING.joinedBy(N);

  @TempDir Path folder;

  private Members open(Endpoint self) throws IOException {
    return Members.open(new Membership(self, FOUNDING), folder);
  }

  private static Shard.Status says(Placement placement) {
    return new Shard.Status("one", Map.of(), Optional.of(placement));
  }

  @Test
  void aShardWithANewDiskIsSureOnceAllButOneOfTheOthersHaveSpoken() throws Exception {
    Members members = open(A);
    assertThat(members.known()).isEmpty();

    members.heard(B, says(FOUNDING));

    assertThat(members.known()).contains(FOUNDING);
    assertThat(open(A).known()).as("after a restart").contains(FOUNDING);
  }

  @Test
  void aShardWithANewDiskTakesOverWhatTheOthersHaveByNow() throws Exception {
    Members members = open(A);

    members.heard(B, says(JOINED.joined()));

    assertThat(members.known()).contains(JOINED.joined());
    assertThat(members.peers()).containsExactly(B, C, N);
  }

  @Test
  void aLaterPlacementIsRemembered_andAnEarlierOneIgnored() throws Exception {
    Members members = open(A);

    members.learn(JOINED);
    members.learn(FOUNDING);

    assertThat(members.known()).contains(JOINED);
    assertThat(open(A).known()).contains(JOINED);
  }

  @Test
  void aShardThatIsToJoinIsSureOnlyWhenItDoes() throws Exception {
    Members members = open(N);
    members.heard(A, says(FOUNDING));
    members.heard(B, says(FOUNDING));
    members.heard(C, says(FOUNDING));
    assertThat(members.known()).isEmpty();
    assertThat(members.hasSelf()).isFalse();

    members.heard(A, says(JOINED));

    assertThat(members.known()).contains(JOINED);
    assertThat(members.hasSelf()).isTrue();
  }

  @Test
  void aDiskOfAnotherFarmIsRefused() throws Exception {
    Members.open(new Membership(A, new Placement(List.of(A, N, B), 2)), folder)
        .heard(B, says(new Placement(List.of(A, N, B), 2)));

    assertThatThrownBy(() -> open(A))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("give it the data directory of this farm");
  }

  @Test
  void aFileThatNamesNoShardsIsRefusedWithItsName() throws Exception {
    Files.writeString(folder.resolve("placement"), "nonsense\n");

    assertThatThrownBy(() -> open(A))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("placement names no shards of a farm");
  }
}
