package build.sparrow.scheduling.sim;

/** Something less in a scenario that fails: what fails without it needs no thought about it. */
enum Reduction {
  HALF_THE_CALLS,
  QUARTER_OF_THE_CALLS,
  ONE_FRONTEND,
  NO_CRASHES,
  NO_DRAINS,
  NO_PARTITIONS,
  NO_FRONTEND_CRASHES,
  NO_BREAKS,
  NO_LIES,
  NO_DUPLICATES,
  NO_BAD_ACTIONS,
  NO_FICKLE_CLIENTS,
  NO_RESULTS_OF_CLIENTS
}
