package build.sparrow.cli;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the farm's storage is. */
final class StorageOptions {
  private static final String ANY_NUMBER = "*";

  @Option(
      names = "--shard",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description =
          "Where the storage answers; once for each of the farm's shards, or once for all of them"
              + " with * in place of their numbers from 0. Every process of a farm must name them"
              + " alike.")
  private List<Endpoint> shards = List.of();

  /** Where blobs are, as the farm and the options say. */
  Placement placement(BuildFarmSpec farm) throws CommandFailure {
    int wanted = farm.storage().shards();
    List<Endpoint> named = new ArrayList<>();
    for (Endpoint shard : shards) {
      if (shard.host().contains(ANY_NUMBER)) {
        for (int number = 0; number < wanted; number++) {
          String host = shard.host().replace(ANY_NUMBER, Integer.toString(number));
          named.add(new Endpoint(host, shard.port()));
        }
      } else {
        named.add(shard);
      }
    }
    if (named.size() != wanted) {
      throw new CommandFailure(
          "The farm has %s (spec.storage.shards), while --shard names %d; name each of them once"
              .formatted(Commands.count(wanted, "shard"), named.size()));
    }
    try {
      return new Placement(named, farm.storage().copies());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }
}
