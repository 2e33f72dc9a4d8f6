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

/**
 * Sparrow as published: probes leave reservations, a reservation that comes up asks for a task of
 * its request, and those that are left over are cancelled, which works here.
 */
final class LateBinding implements Policy {
  private final Run run;
  private final double probeRatio;
  private final boolean perTask;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<Request> unlaunched = new LinkedHashSet<>();
  private final Candidates candidates;
  private long messages;

  /** Tasks that share their reservations. */
  private static final class Request {
    final Deque<Task> waiting;
    final Map<Node, Integer> outstanding = new LinkedHashMap<>();

    Request(List<Task> tasks) {
      waiting = new ArrayDeque<>(tasks);
    }
  }

  private static final class Node {
    final Deque<Request> queue = new ArrayDeque<>();
    final Set<Request> cancelled = new HashSet<>();
    final List<Integer> platforms;
    int free;
    long idleSinceNanos;

    Node(int slots, List<Integer> platforms) {
      this.free = slots;
      this.platforms = platforms;
    }
  }

  private LateBinding(Run run, double probeRatio, boolean perTask) {
    this.run = run;
    this.probeRatio = probeRatio;
    this.perTask = perTask;
    candidates = new Candidates(run.farm);
    for (List<Integer> platforms : run.farm.serves()) {
      nodes.add(new Node(run.farm.slots(), platforms));
    }
  }

  /** Batch sampling: the tasks of a job share d probes for each of them. */
  static LateBinding batch(Run run, double probeRatio) {
    return new LateBinding(run, probeRatio, false);
  }

  /** Three probes for each task alone, and executors that have idled for 5 s look for work. */
  static LateBinding perTaskWithPoll(Run run) {
    LateBinding policy = new LateBinding(run, 3, true);
    for (Node node : policy.nodes) {
      run.timeline.after(
          (long) (run.random.nextDouble() * 5 * Timeline.SECOND), () -> policy.poll(node));
    }
    return policy;
  }

  @Override
  public void submit(List<Task> tasks) {
    if (perTask) {
      tasks.forEach(task -> probe(List.of(task)));
    } else {
      // One constraint for a whole request, as published.
      Map<Integer, List<Task>> byPlatform = new LinkedHashMap<>();
      for (Task task : tasks) {
        byPlatform.computeIfAbsent(task.facts.platform(), _ -> new ArrayList<>()).add(task);
      }
      byPlatform.values().forEach(this::probe);
    }
  }

  private void probe(List<Task> tasks) {
    Request request = new Request(tasks);
    unlaunched.add(request);
    int probes = (int) Math.ceil(probeRatio * tasks.size());
    int[] drawn = candidates.draw(tasks.getFirst(), probes, run.random);
    for (int place = 0; place < drawn.length; place++) {
      Node node = nodes.get(drawn[place]);
      int count = probes / drawn.length + (place < probes % drawn.length ? 1 : 0);
      request.outstanding.put(node, count);
      messages++;
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
    while (node.free > 0 && !node.queue.isEmpty()) {
      Request request = node.queue.remove();
      if (node.cancelled.contains(request)) {
        continue;
      }
      node.free--;
      messages += 2;
      run.timeline.after(run.hop(), () -> asked(node, request));
    }
    node.idleSinceNanos = run.timeline.now();
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
            node.free++;
            next(node);
          } else {
            launch(node, task);
          }
        });
  }

  private void launch(Node node, Task task) {
    run.started(task);
    run.timeline.after(
        task.durationNanos,
        () -> {
          node.free++;
          messages++;
          next(node);
          run.timeline.after(run.hop(), () -> run.finished(task));
        });
  }

  /** One that had room for 5 s takes random tasks that nobody has launched yet. */
  private void poll(Node node) {
    run.timeline.after(5 * Timeline.SECOND, () -> poll(node));
    if (node.free == 0 || run.timeline.now() - node.idleSinceNanos < 5 * Timeline.SECOND) {
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
      Request request = fitting.get(run.random.nextInt(fitting.size()));
      node.free--;
      messages += 2;
      run.timeline.after(run.hop(), () -> asked(node, request));
    }
  }

  @Override
  public long messages() {
    return messages;
  }
}
