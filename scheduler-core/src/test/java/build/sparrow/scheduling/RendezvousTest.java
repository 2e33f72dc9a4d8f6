package build.sparrow.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RendezvousTest {
  private static final List<FrontendId> THREE =
      List.of(
          new FrontendId("10.0.0.1:8980"),
          new FrontendId("10.0.0.2:8980"),
          new FrontendId("10.0.0.3:8980"));

  private static List<ActionId> actions() {
    return IntStream.range(0, 30_000)
        .mapToObj(number -> new ActionId("%064x/142".formatted(number)))
        .toList();
  }

  private static FrontendId owner(List<FrontendId> frontends, ActionId action) {
    return frontends.stream()
        .max(Comparator.comparingLong(each -> Rendezvous.weight(each, action)))
        .orElseThrow();
  }

  @Test
  void eachFrontendHasItsPart() {
    Map<FrontendId, Long> parts =
        actions().stream()
            .map(action -> owner(THREE, action))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertThat(parts).hasSize(3);
    assertThat(parts.values()).allSatisfy(part -> assertThat(part).isBetween(9_500L, 10_500L));
  }

  @Test
  void whoGoesMovesNoActionOfOthers_andLeavesItsOwnToAllOthers() {
    List<FrontendId> two = THREE.subList(0, 2);

    Map<FrontendId, Long> heirs =
        actions().stream()
            .filter(
                action -> {
                  FrontendId before = owner(THREE, action);
                  boolean gone = before.equals(THREE.get(2));
                  assertThat(gone || owner(two, action).equals(before)).isTrue();
                  return gone;
                })
            .map(action -> owner(two, action))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertThat(heirs.values()).allSatisfy(part -> assertThat(part).isBetween(4_500L, 5_500L));
  }

  @Test
  void weightsStayWhatTheyAre_sinceVersionsRunSideBySide() {
    assertThat(Rendezvous.weight(THREE.getFirst(), new ActionId("abc/3")))
        .isEqualTo(-2225786927665699828L);
  }
}
