package io.kintsugi.sim;

import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.engine.OneStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Everything that was asked, answered and done to the drives, in the order in which it happened. Threads: any; each
 * method is one step, and none has a monitor, which a thread of the store that is killed could keep for ever.
 */
@OneStep
final class History {
    private final Consumer<String> log;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, String> etags = new HashMap<>();
    private final Map<Integer, Write> writes = new HashMap<>();
    private Optional<Violation> found = Optional.empty();
    private long now;
    private int numbers;
    private int writeNumbers;

    /** @param log hears each line as it is written */
    History(Consumer<String> log) {
        this.log = log;
    }

    /** A new moment. */
    long moment() {
        return ++now;
    }

    int nextWrite() {
        return ++writeNumbers;
    }

    void intends(Write write) {
        writes.put(write.number(), write);
        etags.put(write.number(), write.etag());
    }

    Optional<Write> write(int number) {
        return Optional.ofNullable(writes.get(number));
    }

    /** Something is wrong, and is found where throwing would tell nobody. */
    void finds(Violation violation) {
        say("finds " + violation.getMessage());
        found = found.or(() -> Optional.of(violation));
    }

    /** @throws Violation what was found first */
    void requireNothingFound() {
        found.ifPresent(violation -> {
            throw violation;
        });
    }

    void say(String line) {
        log.accept(line);
    }

    /** What a request came to; {@code to} is now unless the result is not known. */
    void add(String who, Key key, long from, Step.Action action, Step.Result result) {
        long to = result instanceof Step.Unknown ? Step.NEVER : ++now;
        Step step = new Step(++numbers, who, key, from, to, action, result);
        steps.add(step);
        log.accept(step.toString());
    }

    /** What is not answered by now never has its effect later: the process that would have done it is dead. */
    void died() {
        long at = ++now;
        steps.replaceAll(step -> step.to() == Step.NEVER
                ? new Step(step.number(), step.who(), step.key(), step.from(), at, step.action(), step.result())
                : step);
    }

    Map<Key, List<Step>> byKey(Predicate<Step> wanted) {
        Map<Key, List<Step>> all = new HashMap<>();
        steps.stream()
                .filter(wanted)
                .forEach(step ->
                        all.computeIfAbsent(step.key(), k -> new ArrayList<>()).add(step));
        return all;
    }

    Map<Integer, String> etags() {
        return Map.copyOf(etags);
    }
}
