package build.sparrow.cas.replica.client;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HomeRestorerTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final List<Endpoint> names =
      List.of(new Endpoint("a", 1), new Endpoint("b", 1), new Endpoint("c", 1));
  private final Placement placement = new Placement(names, 2);
  private final Map<Endpoint, RecordingShard> fakes =
      names.stream()
          .collect(Collectors.toMap(Function.identity(), _ -> new RecordingShard(placement)));
  private final Shards shards = new Shards(placement, (name, _) -> fake(name));
  private final HomeRestorer restorer = new HomeRestorer(shards);
  private final Set<Digest> digests =
      IntStream.range(0, 30).mapToObj(i -> digestOf(text("blob " + i))).collect(Collectors.toSet());

  @AfterEach
  void close() {
    shards.close();
  }

  private RecordingShard fake(Endpoint name) {
    return requireNonNull(fakes.get(name));
  }

  private List<Endpoint> homes(Digest digest) {
    return placement.homes(new Item.Blob(SCOPE, digest));
  }

  private Set<Digest> withFirstHome(Endpoint name) {
    return digests.stream()
        .filter(digest -> homes(digest).getFirst().equals(name))
        .collect(Collectors.toSet());
  }

  @Test
  void eachBlobIsBroughtBackByItsFirstHome() throws Exception {
    fakes.values().forEach(fake -> fake.tier.addAll(digests));

    assertThat(restorer.restore(SCOPE, digests)).isEqualTo(digests);

    for (Endpoint name : names) {
      assertThat(fake(name).askedToRestore).isNotEmpty().isEqualTo(withFirstHome(name));
    }
  }

  @Test
  void aHomeThatIsSuspectedOfBeingAwayIsNotAsked_theOtherIs() throws Exception {
    fakes.values().forEach(fake -> fake.tier.addAll(digests));
    Endpoint away = names.get(1);
    fake(away).generation = Optional.empty();
    awaitSuspect(away);

    assertThat(restorer.restore(SCOPE, digests)).isEqualTo(digests);

    assertThat(fake(away).askedToRestore).isEmpty();
    for (Digest digest : withFirstHome(away)) {
      assertThat(fake(homes(digest).get(1)).askedToRestore).contains(digest);
    }
  }

  private void awaitSuspect(Endpoint name) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!shards.suspects().contains(name)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void whatAHomeThatFailsWasAskedForStaysMissing_andTheRestIsBroughtBack() throws Exception {
    fakes.values().forEach(fake -> fake.tier.addAll(digests));
    Endpoint failing = names.get(2);
    fake(failing).isAway = true;
    Set<Digest> rest = new HashSet<>(digests);
    rest.removeAll(withFirstHome(failing));

    assertThat(restorer.restore(SCOPE, digests)).isEqualTo(rest);
  }

  @Test
  void whatNoTierHasStaysMissing() throws Exception {
    assertThat(restorer.restore(SCOPE, digests)).isEmpty();
  }
}
