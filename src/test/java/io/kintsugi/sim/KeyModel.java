package io.kintsugi.sim;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.sim.Step.Absent;
import io.kintsugi.sim.Step.Condition;
import io.kintsugi.sim.Step.Delete;
import io.kintsugi.sim.Step.Match;
import io.kintsugi.sim.Step.None;
import io.kintsugi.sim.Step.Put;
import io.kintsugi.sim.Step.Read;
import io.kintsugi.sim.Step.ReadAll;
import io.kintsugi.sim.Step.ReadVersion;
import io.kintsugi.sim.Step.Refused;
import io.kintsugi.sim.Step.Remove;
import io.kintsugi.sim.Step.Saw;
import io.kintsugi.sim.Step.SawAll;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one key of a bucket does, one step after the other: the sequential specification of the checkers. */
final class KeyModel {
    private final Versioning versioning;
    private final Map<Integer, String> etags;

    /** @param etags of all writes, by number */
    KeyModel(Versioning versioning, Map<Integer, String> etags) {
        this.versioning = versioning;
        this.etags = etags;
    }

    /** One version. @param nullVersion whether a suspended bucket replaces it by its next write */
    record Entry(int write, boolean marker, boolean nullVersion) {}

    /** The state after the step, if in this state it may come to its result; else empty. */
    Optional<List<Entry>> after(List<Entry> state, Step step) {
        return switch (step.result()) {
            case Refused refused -> refuses(state, step, refused) ? Optional.of(state) : Optional.empty();
            case Saw saw -> sees(state, step, saw) ? Optional.of(state) : Optional.empty();
            case SawAll all -> seesAll(state, all) ? Optional.of(state) : Optional.empty();
            case Step.NoEffect none -> Optional.of(state);
            case Step.Done done -> changed(state, step.action());
            case Step.Unknown unknown -> changed(state, step.action());
        };
    }

    private Optional<List<Entry>> changed(List<Entry> state, Step.Action action) {
        return switch (action) {
            case Put put ->
                holds(state, put.condition())
                        ? Optional.of(with(state, new Entry(put.write(), false, versioning != Versioning.ENABLED)))
                        : Optional.empty();
            case Delete delete ->
                holds(state, delete.condition()) ? Optional.of(deleted(state, delete.marker())) : Optional.empty();
            case Remove remove -> Optional.of(removed(state, remove));
            case Read r -> Optional.of(state);
            case ReadVersion r -> Optional.of(state);
            case ReadAll r -> Optional.of(state);
        };
    }

    private List<Entry> deleted(List<Entry> state, int marker) {
        return versioning == Versioning.OFF
                ? List.of()
                : with(state, new Entry(marker, true, versioning == Versioning.SUSPENDED));
    }

    private static List<Entry> with(List<Entry> state, Entry entry) {
        List<Entry> next = new ArrayList<>();
        next.add(entry);
        state.stream().filter(e -> !(entry.nullVersion() && e.nullVersion())).forEach(next::add);
        return List.copyOf(next);
    }

    private static List<Entry> removed(List<Entry> state, Remove remove) {
        return state.stream()
                .filter(e -> remove.write().map(w -> e.write() != w).orElse(!e.nullVersion()))
                .toList();
    }

    private static Optional<Entry> current(List<Entry> state) {
        return state.stream().findFirst().filter(e -> !e.marker());
    }

    private boolean holds(List<Entry> state, Condition condition) {
        return switch (condition) {
            case None none -> true;
            case Absent absent -> current(state).isEmpty();
            case Match match ->
                current(state)
                        .filter(e -> match.etag().equals(etags.get(e.write())))
                        .isPresent();
        };
    }

    private boolean refuses(List<Entry> state, Step step, Refused refused) {
        Condition condition = switch (step.action()) {
            case Put put -> put.condition();
            case Delete delete -> delete.condition();
            case Remove r -> new None();
            case Read r -> new None();
            case ReadVersion r -> new None();
            case ReadAll r -> new None();
        };
        return refused.noKey()
                ? condition instanceof Match && current(state).isEmpty()
                : !holds(state, condition)
                        && !(condition instanceof Match && current(state).isEmpty());
    }

    private static boolean sees(List<Entry> state, Step step, Saw saw) {
        if (step.action() instanceof ReadVersion(int write)) {
            boolean there = state.stream().anyMatch(e -> e.write() == write && !e.marker());
            return there == saw.write().isPresent();
        }
        return current(state).map(Entry::write).equals(saw.write());
    }

    private static boolean seesAll(List<Entry> state, SawAll all) {
        List<Optional<Integer>> here = state.stream()
                .map(e -> e.marker() ? Optional.<Integer>empty() : Optional.of(e.write()))
                .toList();
        return here.equals(all.versions());
    }
}
