package build.sparrow.cli;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  /** Whether a shard of that name may join the farm: --shard names it by a * for any number. */
  boolean mayJoin(Endpoint shard) {
    return shards.stream()
        .filter(named -> named.host().contains(ANY_NUMBER) && named.port() == shard.port())
        .anyMatch(named -> shard.host().matches(pattern(named.host())));
  }

  private static String pattern(String host) {
    return Arrays.stream(host.split(Pattern.quote(ANY_NUMBER), -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("\\d+"));
  }

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
