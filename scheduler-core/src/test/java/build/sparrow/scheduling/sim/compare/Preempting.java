package build.sparrow.scheduling.sim.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As fair as can be: who has less than an equal part of the slots gets one at once, from the tenant
 * that has the most, by killing what that one began last. What is killed begins anew.
 */
final class Preempting implements Policy {
  private final Run run;
  private final Map<Integer, Tenant> tenants = new HashMap<>();
  private int free;
  private long killedNanos;

  private static final class Tenant {
    final Deque<Task> waiting = new ArrayDeque<>();
    final List<Running> running = new ArrayList<>();
  }

  private static final class Running {
    final Task task;
    final long sinceNanos;
    boolean killed;

    Running(Task task, long sinceNanos) {
      this.task = task;
      this.sinceNanos = sinceNanos;
    }
  }

  Preempting(Run run) {
    this.run = run;
    free = run.farm.allSlots();
  }

  @Override
  public void submit(List<Task> tasks) {
    for (Task task : tasks) {
      tenants.computeIfAbsent(task.facts.tenant(), _ -> new Tenant()).waiting.add(task);
    }
    fill();
  }

  private void fill() {
    for (Tenant poorest = poorest(); poorest != null; poorest = poorest()) {
      if (free == 0 && !takeFromRichest(poorest)) {
        return;
      }
      free--;
      start(poorest);
    }
  }

  private @Nullable Tenant poorest() {
    return tenants.values().stream()
        .filter(each -> !each.waiting.isEmpty())
        .min(Comparator.comparingInt(each -> each.running.size()))
        .orElse(null);
  }

  private boolean takeFromRichest(Tenant poorest) {
    Tenant richest =
        tenants.values().stream()
            .max(Comparator.comparingInt(each -> each.running.size()))
            .orElse(poorest);
    if (richest.running.size() <= poorest.running.size() + 1) {
      return false;
    }
    Running last = richest.running.removeLast();
    last.killed = true;
    killedNanos += run.timeline.now() - last.sinceNanos;
    richest.waiting.addFirst(last.task);
    free++;
    return true;
  }

  private void start(Tenant tenant) {
    Running running = new Running(tenant.waiting.remove(), run.timeline.now());
    tenant.running.add(running);
    run.timeline.after(
        run.started(running.task, 0),
        () -> {
          if (!running.killed) {
            tenant.running.remove(running);
            free++;
            fill();
            run.finished(running.task);
          }
        });
  }

  @Override
  public long messages() {
    return 0;
  }

  @Override
  public long killedNanos() {
    return killedNanos;
  }
}
