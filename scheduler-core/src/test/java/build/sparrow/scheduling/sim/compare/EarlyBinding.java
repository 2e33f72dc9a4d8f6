package build.sparrow.scheduling.sim.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Each task goes to the shortest queue of a few drawn at random, and stays there. */
final class EarlyBinding implements Policy {
  private final Run run;
  private final int choices;
  private final List<Node> nodes = new ArrayList<>();
  private final Candidates candidates;
  private long messages;

  private static final class Node {
    final int number;
    final Deque<Task> queue = new ArrayDeque<>();
    int free;
    int load;

    Node(int number, int slots) {
      this.number = number;
      free = slots;
    }
  }

  /** With one choice it is random; with two it is the power of two choices. */
  EarlyBinding(Run run, int choices) {
    this.run = run;
    this.choices = choices;
    candidates = new Candidates(run.farm);
    for (int number = 0; number < run.farm.executors(); number++) {
      nodes.add(new Node(number, run.farm.slots()));
    }
  }

  @Override
  public void submit(List<Task> tasks) {
    for (Task task : tasks) {
      int[] drawn = candidates.draw(task, choices, run.random);
      if (drawn.length == 1) {
        send(task, nodes.get(drawn[0]));
        continue;
      }
      // The answers are as old as their way back.
      messages += 2L * drawn.length;
      long asked = run.hop();
      long answered = asked + run.hop();
      int[] loads = new int[drawn.length];
      run.timeline.after(
          asked,
          () -> {
            for (int each = 0; each < drawn.length; each++) {
              loads[each] = nodes.get(drawn[each]).load;
            }
          });
      run.timeline.after(
          answered,
          () -> {
            int best = 0;
            for (int each = 1; each < drawn.length; each++) {
              best = loads[each] < loads[best] ? each : best;
            }
            send(task, nodes.get(drawn[best]));
          });
    }
  }

  private void send(Task task, Node node) {
    messages++;
    run.timeline.after(
        run.hop(),
        () -> {
          node.load++;
          node.queue.add(task);
          startNext(node);
        });
  }

  private void startNext(Node node) {
    Task task = node.free > 0 ? node.queue.poll() : null;
    if (task == null) {
      return;
    }
    node.free--;
    run.timeline.after(
        run.started(task, node.number),
        () -> {
          node.free++;
          node.load--;
          messages++;
          startNext(node);
          run.timeline.after(run.hop(), () -> run.finished(task));
        });
  }

  @Override
  public long messages() {
    return messages;
  }
}
