package build.sparrow.operator.farm;

import build.sparrow.farm.v1.LossClass;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.FarmLinks;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.link.StorageGrowth;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Links that note whom they are to follow. */
final class RecordingLinks implements FarmLinks {
  final Map<FarmKey, Set<Endpoint>> followed = new ConcurrentHashMap<>();
  Optional<FarmView> view = Optional.empty();
  Optional<StorageGrowth> growth = Optional.empty();
  List<String> shards = List.of();

  @Override
  public void follow(FarmKey farm, Set<Endpoint> frontends) {
    followed.put(farm, frontends);
  }

  @Override
  public Optional<FarmView> view(FarmKey farm) {
    return view;
  }

  @Override
  public OptionalInt drain(FarmKey farm, String executor, Duration grace) {
    throw new UnsupportedOperationException("A farm drains nobody; its pools do");
  }

  @Override
  public void reportLoss(FarmKey farm, String executor, LossClass loss) {
    throw new UnsupportedOperationException("A farm loses nobody; its pools do");
  }

  @Override
  public Optional<StorageGrowth> growStorage(FarmKey farm, List<String> named) {
    shards = named;
    return growth;
  }

  @Override
  public void onChange(Consumer<FarmKey> listener) {}
}
