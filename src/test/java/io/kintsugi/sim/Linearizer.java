package io.kintsugi.sim;

import io.kintsugi.sim.KeyModel.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether steps on one key, some of them at the same time and some with an unknown outcome, are explained by
 * some order that respects real time. Wing and Gong's search (<i>Testing and verifying concurrent objects</i>, 1993) in
 * the just-in-time form of Lowe (<i>Testing for linearizability</i>, 2017): calls and answers are walked through in
 * their order with the set of all configurations that are possible so far (a state, and which of the open steps have
 * taken effect in it), so that a step is placed at the latest when its answer comes. What is known of the answers
 * prunes the search; configurations that were met before are dropped, which is the memo.
 *
 * <p>A step without an answer may take effect at any time until it ends, or never.
 */
final class Linearizer {
    private static final int MAX_CONFIGURATIONS = 200_000;

    private final KeyModel model;
    private final Map<Integer, Step> open = new HashMap<>();
    private Set<Configuration> possible = new HashSet<>(Set.of(new Configuration(List.of(), Set.of())));

    private record Configuration(List<Entry> state, Set<Integer> effective) {
        Configuration with(int step, List<Entry> next) {
            Set<Integer> more = new HashSet<>(effective);
            more.add(step);
            return new Configuration(next, Set.copyOf(more));
        }

        Configuration without(int step) {
            Set<Integer> fewer = new HashSet<>(effective);
            fewer.remove(step);
            return new Configuration(state, Set.copyOf(fewer));
        }
    }

    private record Moment(long at, boolean call, Step step) {}

    private Linearizer(KeyModel model) {
        this.model = model;
    }

    /** What can't be explained, and the states that were possible until then; empty when all is well. */
    static Optional<String> contradiction(KeyModel model, List<Step> steps) {
        List<Moment> moments = new ArrayList<>();
        for (Step step : steps) {
            if (!(step.result() instanceof Step.NoEffect)) {
                moments.add(new Moment(step.from(), true, step));
                moments.add(new Moment(step.to(), false, step));
            }
        }
        moments.sort(Comparator.comparingLong(Moment::at));
        return new Linearizer(model).walk(moments);
    }

    private Optional<String> walk(List<Moment> moments) {
        for (Moment moment : moments) {
            if (moment.call()) {
                open.put(moment.step().number(), moment.step());
            } else if (moment.step().result() instanceof Step.Unknown) {
                // it has taken effect by now, or never will
                possible = without(moment.step(), reachable(moment.step()));
                open.remove(moment.step().number());
            } else {
                Set<Configuration> before = possible;
                answer(moment.step());
                if (possible.isEmpty()) {
                    return Optional.of(moment.step() + " is not explained by any of "
                            + before.stream()
                                    .map(Configuration::state)
                                    .distinct()
                                    .limit(8)
                                    .toList());
                }
            }
        }
        return Optional.empty();
    }

    private static Set<Configuration> without(Step step, Set<Configuration> all) {
        Set<Configuration> rest = new HashSet<>();
        all.forEach(configuration -> rest.add(configuration.without(step.number())));
        return rest;
    }

    private void answer(Step step) {
        Set<Configuration> reached = reachable(step);
        reached.removeIf(configuration -> !configuration.effective().contains(step.number()));
        possible = without(step, reached);
        open.remove(step.number());
    }

    /** Every open step may have taken effect by now; where the given one has, nothing else needs to have. */
    private Set<Configuration> reachable(Step step) {
        Set<Configuration> met = new HashSet<>(possible);
        Deque<Configuration> left = new ArrayDeque<>(possible);
        while (!left.isEmpty()) {
            Configuration now = left.pop();
            if (now.effective().contains(step.number())) {
                continue;
            }
            for (Step next : open.values()) {
                if (!now.effective().contains(next.number())) {
                    model.after(now.state(), next)
                            .map(state -> now.with(next.number(), state))
                            .filter(met::add)
                            .ifPresent(left::push);
                }
            }
            if (met.size() > MAX_CONFIGURATIONS) {
                throw new IllegalStateException("too many open steps to decide at " + step + ": make the run smaller");
            }
        }
        return met;
    }
}
