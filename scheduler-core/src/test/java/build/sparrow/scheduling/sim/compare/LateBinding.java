package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sparrow as published: probes leave reservations, a reservation that comes up asks for a task of
 * its request, and those that are left over are cancelled, which works here. Executors serve
 * tenants in turn, as both Sparrow and its followers do.
 */
final class LateBinding implements Policy {
  private static final long POLL_NANOS = 5 * Timeline.SECOND;

  private final Run run;
  private final double probeRatio;
  private final boolean perTask;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<Request> unlaunched = new LinkedHashSet<>();
  private final Candidates candidates;
  private long messages;

  /** Tasks of one tenant that share their reservations. */
  private static final class Request {
    final int tenant;
    final Deque<Task> waiting;
    final Map<Node, Integer> outstanding = new LinkedHashMap<>();

    Request(List<Task> tasks) {
      tenant = tasks.getFirst().facts.tenant();
      waiting = new ArrayDeque<>(tasks);
    }
  }

  private static final class Node {
    final int number;
    final List<Integer> platforms;
    final Reservations queue = new Reservations();
    final Set<Request> cancelled = new HashSet<>();
    int free;
    long roomSinceNanos;

    Node(int number, int slots, List<Integer> platforms) {
      this.number = number;
      this.free = slots;
      this.platforms = platforms;
    }
  }

  /** First come, first served within a tenant; each tenant that waits launches one in turn. */
  private static final class Reservations {
    private final Map<Integer, Deque<Request>> waiting = new LinkedHashMap<>();
    private final Deque<Integer> turns = new ArrayDeque<>();

    void add(Request request) {
      Deque<Request> ofTenant = waiting.computeIfAbsent(request.tenant, _ -> new ArrayDeque<>());
      if (ofTenant.isEmpty()) {
        turns.addLast(request.tenant);
      }
      ofTenant.add(request);
    }

    @Nullable Request next() {
      Integer tenant = turns.poll();
      if (tenant == null) {
        return null;
      }
      Deque<Request> ofTenant = waiting.getOrDefault(tenant, new ArrayDeque<>());
      Request request = ofTenant.remove();
      if (!ofTenant.isEmpty()) {
        turns.addLast(tenant);
      }
      return request;
    }

    /** A dead reservation must not cost its tenant the turn. */
    void wasVain(Request request) {
      if (turns.remove(request.tenant)) {
        turns.addFirst(request.tenant);
      }
    }
  }

  private LateBinding(Run run, double probeRatio, boolean perTask) {
    this.run = run;
    this.probeRatio = probeRatio;
    this.perTask = perTask;
    candidates = new Candidates(run.farm);
    for (List<Integer> platforms : run.farm.serves()) {
      nodes.add(new Node(nodes.size(), run.farm.slots(), platforms));
    }
  }

  /** Batch sampling: the tasks of a job share d probes for each of them. */
  static LateBinding batch(Run run, double probeRatio) {
    return new LateBinding(run, probeRatio, false);
  }

  /**
   * Three probes for each task alone; executors that had room for 5 s look for work. Published ones
   * look only when mostly idle, and pause for longer and longer: this one is quicker.
   */
  static LateBinding perTaskWithPoll(Run run) {
    LateBinding policy = new LateBinding(run, 3, true);
    for (Node node : policy.nodes) {
      run.timeline.after((long) (run.random.nextDouble() * POLL_NANOS), () -> policy.poll(node));
    }
    return policy;
  }

  @Override
  public void submit(List<Task> tasks) {
    Set<Node> probed = new HashSet<>();
    if (perTask) {
      tasks.forEach(task -> probe(List.of(task), probed));
    } else {
      // One constraint for a whole request, as published.
      Map<Integer, List<Task>> byPlatform = new LinkedHashMap<>();
      for (Task task : tasks) {
        byPlatform.computeIfAbsent(task.facts.platform(), _ -> new ArrayList<>()).add(task);
      }
      byPlatform.values().forEach(each -> probe(each, probed));
    }
    messages += probed.size();
  }

  private void probe(List<Task> tasks, Set<Node> probed) {
    Request request = new Request(tasks);
    unlaunched.add(request);
    int probes = (int) Math.ceil(probeRatio * tasks.size());
    int[] drawn = candidates.draw(tasks.getFirst(), probes, run.random);
    for (int place = 0; place < drawn.length; place++) {
      Node node = nodes.get(drawn[place]);
      int count = probes / drawn.length + (place < probes % drawn.length ? 1 : 0);
      request.outstanding.put(node, count);
      probed.add(node);
      run.timeline.after(run.hop(), () -> reserved(node, request, count));
    }
  }

  private void reserved(Node node, Request request, int count) {
    for (int each = 0; each < count; each++) {
      node.queue.add(request);
    }
    next(node);
  }

  /** Free slots ask for the tasks of the first reservations. */
  private void next(Node node) {
    while (node.free > 0) {
      Request request = node.queue.next();
      if (request == null) {
        return;
      }
      if (node.cancelled.contains(request)) {
        node.queue.wasVain(request);
      } else {
        ask(node, request);
      }
    }
  }

  private void ask(Node node, Request request) {
    node.free--;
    messages += 2;
    run.timeline.after(run.hop(), () -> asked(node, request));
  }

  private void asked(Node node, Request request) {
    request.outstanding.computeIfPresent(node, (_, count) -> count > 1 ? count - 1 : null);
    Task task = request.waiting.poll();
    if (request.waiting.isEmpty() && unlaunched.remove(request)) {
      for (Node other : request.outstanding.keySet()) {
        messages++;
        run.timeline.after(run.hop(), () -> other.cancelled.add(request));
      }
    }
    run.timeline.after(
        run.hop(),
        () -> {
          if (task == null) {
            node.queue.wasVain(request);
            freed(node);
          } else {
            launch(node, task);
          }
        });
  }

  private void launch(Node node, Task task) {
    run.timeline.after(
        run.started(task, node.number),
        () -> {
          messages++;
          freed(node);
          run.timeline.after(run.hop(), () -> run.finished(task));
        });
  }

  private void freed(Node node) {
    if (node.free++ == 0) {
      node.roomSinceNanos = run.timeline.now();
    }
    next(node);
  }

  /** One that had room for 5 s takes random tasks that nobody has launched yet. */
  private void poll(Node node) {
    run.timeline.after(POLL_NANOS, () -> poll(node));
    if (node.free == 0 || run.timeline.now() - node.roomSinceNanos < POLL_NANOS) {
      return;
    }
    messages += 2;
    List<Request> fitting =
        unlaunched.stream()
            .filter(
                each ->
                    !each.waiting.isEmpty()
                        && node.platforms.contains(each.waiting.element().facts.platform()))
            .toList();
    for (int slot = node.free; slot > 0 && !fitting.isEmpty(); slot--) {
      ask(node, fitting.get(run.random.nextInt(fitting.size())));
    }
  }

  @Override
  public long messages() {
    return messages;
  }
}
